//! The part of CBOR (RFC 8949) that authenticators use: definite lengths, limited nesting, no duplicate keys.

/// How deep maps and arrays may be nested.
const DEEPEST: u8 = 8;

/// A CBOR data item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// An integer.
    Number(i128),
    /// A byte string.
    Bytes(&'a [u8]),
    /// A text string.
    Text(&'a str),
    /// A map.
    Map(Vec<(Item<'a>, Item<'a>)>),
    /// Anything else. It is only skipped.
    Other,
}

impl<'a> Item<'a> {
    /// Reads the item at the start of `bytes`. Returns it and the rest, or `None` if there is no valid item.
    pub(super) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut reader = Reader(bytes);
        let item = reader.item(0)?;
        Some((item, reader.0))
    }

    /// Returns the value of a key in a map.
    pub(super) fn get(&self, key: &Item<'_>) -> Option<&Self> {
        let Self::Map(entries) = self else {
            return None;
        };
        let mut found = entries.iter().filter(|(name, _)| name == key);
        found.next().map(|(_, value)| value)
    }

    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn argument(&mut self, low: u8) -> Option<u64> {
        let mut number = |length| {
            let taken = self.take(length)?;
            Some(
                taken
                    .iter()
                    .fold(0, |sum, byte| (sum << 8) | u64::from(*byte)),
            )
        };
        match low {
            0..=23 => Some(low.into()),
            24 => number(1),
            25 => number(2),
            26 => number(4),
            27 => number(8),
            _ => None,
        }
    }

    fn item(&mut self, depth: u8) -> Option<Item<'a>> {
        if depth > DEEPEST {
            return None;
        }
        let [head] = *self.take(1)? else {
            return None;
        };
        let (major, argument) = (head >> 5, self.argument(head & 0x1f)?);
        let length = || usize::try_from(argument).ok();
        match major {
            0 => Some(Item::Number(argument.into())),
            1 => Some(Item::Number(-1 - i128::from(argument))),
            2 => self.take(length()?).map(Item::Bytes),
            3 => std::str::from_utf8(self.take(length()?)?)
                .ok()
                .map(Item::Text),
            4 => {
                for _ in 0..argument {
                    self.item(depth + 1)?;
                }
                Some(Item::Other)
            }
            5 => {
                let mut entries: Vec<(Item<'a>, Item<'a>)> = Vec::new();
                for _ in 0..argument {
                    let key = self.item(depth + 1)?;
                    // Duplicate keys are refused, because another reader might use the other value.
                    if entries.iter().any(|(other, _)| *other == key) {
                        return None;
                    }
                    entries.push((key, self.item(depth + 1)?));
                }
                Some(Item::Map(entries))
            }
            7 => Some(Item::Other),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_read_one_after_the_other() {
        // {1: 2, -7: h'0102', "a": [1, {}], "b": true}, then two bytes.
        let bytes = [
            0xa4, 0x01, 0x02, 0x26, 0x42, 0x01, 0x02, 0x61, b'a', 0x82, 0x01, 0xa0, 0x61, b'b',
            0xf5, 0xff, 0x00,
        ];
        let (item, rest) = Item::read(&bytes).unwrap();
        assert_eq!(rest, [0xff, 0x00]);
        assert_eq!(item.get(&Item::Number(1)), Some(&Item::Number(2)));
        assert_eq!(
            item.get(&Item::Number(-7)).unwrap().bytes(),
            Some(&[1, 2][..])
        );
        assert_eq!(item.get(&Item::Text("a")), Some(&Item::Other));
        assert_eq!(item.get(&Item::Text("c")), None);
        for (bytes, number) in [
            (&[0x18, 0xff][..], 255),
            (&[0x39, 0x01, 0x00], -257),
            (
                &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
                i128::from(u64::MAX),
            ),
        ] {
            assert_eq!(Item::read(bytes).unwrap().0, Item::Number(number));
        }
    }

    #[test]
    fn what_is_cut_short_endless_deep_or_double_is_refused() {
        for bad in [
            &[][..],
            &[0x42, 0x01],
            &[0x18],
            &[0x1c],
            &[0x5f, 0x41, 0x00, 0xff],
            &[0xbf, 0xff],
            &[0xa1, 0x01],
            &[0xa2, 0x01, 0x01, 0x01, 0x02],
            &[0x62, 0xff, 0xff],
            &[0xc0, 0x01],
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x81; 4000],
        ] {
            assert!(Item::read(bad).is_none(), "{:x?}", &bad[..bad.len().min(9)]);
        }
    }
}
