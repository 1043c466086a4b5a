-- The owner's wish, where the fleet and the webhooks look: a chat account that is switched off is nobody else's, but it is not
-- served. The network keeps what is written meanwhile for a day.
ALTER TABLE platform.chat_directory ADD COLUMN enabled boolean NOT NULL DEFAULT true;
