//! Our words in Nepali. Not yet reviewed by somebody who grew up with the language; the owner can change each of them.
//!
//! Commands and statuses stay in English inside these texts: that is how they are written on panels and in chats.

use super::{Form, ReplyKey};

/// `None` for [`Form::Many`] as in English.
pub(super) fn text(key: ReplyKey, form: Form) -> Option<&'static str> {
    let (one, many): (&str, Option<&str>) = match key {
        ReplyKey::RefillRequested => (
            "{ORDERID}: refill अनुरोध थपिएको छ।",
            Some("यी अर्डरहरूको refill अनुरोध थपिएको छ:\n{IDS}"),
        ),
        ReplyKey::StillPendingSpeedUp => (
            "{ORDERID} अझै pending छ। Speed-up अनुरोध थपिएको छ।",
            Some("यी अर्डरहरू अझै pending छन्। Speed-up अनुरोध थपिएको छ:\n{IDS}"),
        ),
        ReplyKey::CancelQueued => (
            "यी अर्डरहरू रिफन्ड सहायताको लाइनमा थपिएका छन्:\n{IDS}",
            Some("यी अर्डरहरू रिफन्ड सहायताको लाइनमा थपिएका छन्:\n{IDS}"),
        ),
        ReplyKey::SpeedUpRequested => (
            "{ORDERID}: speed-up अनुरोध थपिएको छ।",
            Some("यी अर्डरहरूको speed-up अनुरोध थपिएको छ:\n{IDS}"),
        ),
        ReplyKey::StatusTold => (
            "{ORDERID}: {STATUS}{% if REMAINS not in ['-', '0'] %}, {REMAINS} बाँकी{% endif %}{% if SERVICE != '-' %} ({SERVICE}){% endif %}",
            None,
        ),
        ReplyKey::StatusToldInGroup => ("{ORDERID}: {STATUS}", None),
        ReplyKey::RefundQueued => (
            "{ORDERID}: रिफन्ड अनुरोध हाम्रो टोलीले हेर्दै छ।",
            Some("यी अर्डरहरूको रिफन्ड अनुरोध हाम्रो टोलीले हेर्दै छ:\n{IDS}"),
        ),
        ReplyKey::NotYours => (
            "यो Order ID तपाईंको खाताको होइन",
            Some("यो Order ID तपाईंको खाताको होइन"),
        ),
        ReplyKey::NotYoursListed => (
            "यो Order ID तपाईंको खाताको होइन: {ORDERID}",
            Some("यी Order ID तपाईंको खाताका होइनन्: {IDS}"),
        ),
        ReplyKey::NotFinished => (
            "{ORDERID} अझै सकिएको छैन, त्यसैले अहिले refill हुँदैन।",
            Some("यी अर्डरहरू अझै सकिएका छैनन्, त्यसैले अहिले refill हुँदैन:\n{IDS}"),
        ),
        ReplyKey::AlreadyCompleted => (
            "{ORDERID} पहिल्यै सकिएको छ।",
            Some("यी अर्डरहरू पहिल्यै सकिएका छन्:\n{IDS}"),
        ),
        ReplyKey::ClosedPartial => (
            "{ORDERID} partial भएर बन्द भएको छ: नपुगेको रकम फिर्ता भइसकेको छ।",
            Some("यी अर्डरहरू partial भएर बन्द भएका छन्: नपुगेको रकम फिर्ता भइसकेको छ:\n{IDS}"),
        ),
        ReplyKey::AlreadyCanceled => ("{ORDERID} पहिल्यै {STATUS} छ।", None),
        ReplyKey::NoRefill => (
            "{ORDERID}: यो सेवामा refill छैन।",
            Some("यी अर्डरका सेवाहरूमा refill छैन:\n{IDS}"),
        ),
        ReplyKey::RefillWindowOver => (
            "{ORDERID}: यो अर्डरको refill अवधि सकिएको छ।",
            Some("यी अर्डरहरूको refill अवधि सकिएको छ:\n{IDS}"),
        ),
        ReplyKey::NotOffered => ("{ORDERID} {STATUS} छ: यसमा {COMMAND} उपलब्ध छैन।", None),
        ReplyKey::AlreadyOpen => ("{ORDERID}: तपाईंको {COMMAND} अनुरोध पहिल्यै {STATE} छ।", None),
        ReplyKey::CoolingDown => (
            "{ORDERID}: {COMMAND} अनुरोध भर्खरै बन्द भएको हो। {WAIT} पछि फेरि पठाउन सक्नुहुन्छ।",
            None,
        ),
        ReplyKey::StillWanted => (
            "तपाईंले केही बेर अघि {ORDERID} को {COMMAND} माग्नुभएको थियो। अझै चाहिन्छ? yes लेख्नुहोस्, अनि अघि बढ्छ।",
            Some(
                "तपाईंले केही बेर अघि यी अर्डरहरूको {COMMAND} माग्नुभएको थियो। अझै चाहिन्छ? yes लेख्नुहोस्, अनि अघि बढ्छ।\n{IDS}",
            ),
        ),
        ReplyKey::ConfirmFirst => (
            "{ORDERID} को {COMMAND} पक्का गर्नुहोस्: yes लेख्नुहोस्, अनि अघि बढ्छ।",
            Some("यी अर्डरहरूको {COMMAND} पक्का गर्नुहोस्: yes लेख्नुहोस्, अनि अघि बढ्छ।\n{IDS}"),
        ),
        ReplyKey::Received => (
            "{ORDERID}: तपाईंको {COMMAND} अनुरोध पाइयो। हाम्रो टोलीले हेर्नेछ।",
            Some("यी अर्डरहरूको {COMMAND} अनुरोध पाइयो। हाम्रो टोलीले हेर्नेछ:\n{IDS}"),
        ),
        ReplyKey::UnderReview => (
            "{ORDERID}: तपाईंको {COMMAND} अनुरोध दर्ता भएको छ र हेरिँदै छ।",
            Some("यी अर्डरहरूको {COMMAND} अनुरोध दर्ता भएको छ र हेरिँदै छ:\n{IDS}"),
        ),
        ReplyKey::PanelUnavailable => (
            "{ORDERID}: अहिले प्यानलसँग सम्पर्क हुन सकेन। तपाईंको {COMMAND} अनुरोध राखिएको छ, हाम्रो टोलीले हेर्नेछ।",
            Some("अहिले प्यानलसँग सम्पर्क हुन सकेन। तपाईंको {COMMAND} अनुरोध राखिएको छ, हाम्रो टोलीले हेर्नेछ:\n{IDS}"),
        ),
        ReplyKey::Ack => (
            "पाइयो, {COUNT} अर्डर। नतिजा आउँदै छ।",
            Some("पाइयो, {COUNT} अर्डर। नतिजा आउँदै छ।"),
        ),
        ReplyKey::CutOff => (
            "एउटा सन्देशका पहिलो 100 अर्डर मात्र लिइन्छन्। कृपया यो फेरि पठाउनुहोस्: {IDS}",
            Some("एउटा सन्देशका पहिलो 100 अर्डर मात्र लिइन्छन्। कृपया यी फेरि पठाउनुहोस्:\n{IDS}"),
        ),
        ReplyKey::AskCommand => (
            "{ORDERID} को के गरौं: refill, cancel, speed-up कि status?",
            Some("यी {COUNT} अर्डरको के गरौं: refill, cancel, speed-up कि status?"),
        ),
        ReplyKey::AskIds => (
            "कुन अर्डर? कृपया{% if COMMAND != '-' %} {COMMAND} को लागि{% endif %} Order ID पठाउनुहोस्।",
            None,
        ),
        ReplyKey::NotLinked => (
            "यो च्याट अझै प्यानलको कुनै खातासँग जोडिएको छैन। कृपया सहायतालाई जोड्न भन्नुहोस्।",
            None,
        ),
        ReplyKey::Help => (
            "Order ID र के चाहिन्छ पठाउनुहोस्, जस्तै:\n12345678,12345679 refill\nrefill, cancel, speed-up वा status माग्न सकिन्छ, एउटा \
             सन्देशमा 100 अर्डरसम्म।",
            None,
        ),
        ReplyKey::Muted => ("धेरै अनुरोध आए। कृपया एक घण्टा पर्खेर फेरि प्रयास गर्नुहोस्।", None),
        ReplyKey::OpenRequest => ("{ORDERID}: तपाईंको {COMMAND} अनुरोध {STATE} छ।", None),
        ReplyKey::NoOpenRequests => (
            "तपाईंको कुनै खुला अनुरोध छैन। अर्डरबारे सोध्न त्यसको Order ID पठाउनुहोस्, जस्तै: 12345678 status",
            None,
        ),
        ReplyKey::NoticesOff => (
            "अब जवाफ मात्र आउँछ, सूचना आउँदैन। फेरि सूचना चाहिए start पठाउनुहोस्।",
            None,
        ),
        ReplyKey::NoticesOn => ("अब तपाईंका अनुरोधबारे सूचना फेरि आउँछ। बन्द गर्न stop पठाउनुहोस्।", None),
        ReplyKey::GroupBound => (
            "यो समूह जोडियो। Order ID र के चाहिन्छ पठाउनुहोस्, जस्तै:\n12345678,12345679 refill",
            None,
        ),
        ReplyKey::ProviderGroupBound => ("यो समूह जोडियो। अनुरोधहरू यहाँ पठाइनेछन्।", None),
    };
    match form {
        Form::One => Some(one),
        Form::Many => many,
    }
}
