//! Lines of a file that a spreadsheet opens.
//!
//! Invariant: no cell is a formula. Names come from strangers, and a spreadsheet runs what begins with `=`.

/// One line, quoted where it must be, ended as the format says.
pub fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

fn quoted(cell: &str) -> String {
    let risky = cell
        .trim_start()
        .starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r', '\n']);
    let text = if risky {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if text.contains(['"', ',', '\n', '\r', ';']) || risky {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_its_line() {
        for (cell, written) in [
            ("481799696", "481799696"),
            ("", ""),
            ("Rina, Media", "\"Rina, Media\""),
            ("say \"yes\"", "\"say \"\"yes\"\"\""),
            ("=HYPERLINK(1)", "\"'=HYPERLINK(1)\""),
            ("  =1+1", "\"'  =1+1\""),
            ("+977 1", "\"'+977 1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("two\nlines", "\"two\nlines\""),
            ("＝1", "\"'＝1\""),
        ] {
            assert_eq!(line(&[cell]), format!("{written}\r\n"), "{cell:?}");
        }
        assert_eq!(line(&["a", "b"]), "a,b\r\n");
    }
}
