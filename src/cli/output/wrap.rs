//! Wraps text to a given width.

use console::measure_text_width;

/// Returns a text in lines of at most `width` columns, broken between words, and within longer words.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width;
    for (index, word) in text.split(' ').enumerate() {
        let length = measure_text_width(word);
        let gap = usize::from(index > 0);
        if gap + length <= room {
            room -= gap + length;
            let line = lines.last_mut().expect("there is a first line");
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(word);
            continue;
        }
        if index > 0 {
            lines.push(String::new());
        }
        room = width;
        for character in word.chars() {
            let columns = measure_text_width(character.encode_utf8(&mut [0; 4]));
            if columns > room {
                lines.push(String::new());
                room = width;
            }
            room -= columns;
            lines
                .last_mut()
                .expect("there is a first line")
                .push(character);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn talk_is_wrapped_between_words() {
        assert_eq!(wrapped("", 10), [""]);
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(
            wrapped("a very-long-word b", 5),
            ["a", "very-", "long-", "word", "b"]
        );
        assert_eq!(wrapped("山田 太郎", 4), ["山田", "太郎"]);
    }
}
