//! The order in which a Java `HashMap` gives its keys.
//!
//! The server parses a `_source` that it must filter, the `doc` of an update and the aggregations of an answer into hash maps, so the
//! order of their keys is neither the one sent nor sorted, yet always the same. A double that gave another order would make every
//! comparison with the server fail for no reason, so it gives this one (tried on 3.8.0).

/// Sorts members as a `HashMap` that they were put into, in this order, would iterate.
///
/// Chains of more than eight keys in one bucket become trees in Java, whose order we do not follow.
pub(super) fn hash_map_order<T>(members: &mut [(String, T)]) {
    let buckets = capacity(members.len());
    // The sort is stable: keys of one bucket stay in the order of insertion, which also survives Java's growing of the table.
    members.sort_by_key(|(name, _)| spread(name) & (buckets - 1));
}

/// The table starts at 16 and doubles when it is three quarters full.
fn capacity(len: usize) -> u32 {
    let mut buckets: u32 = 16;
    while len > buckets as usize / 4 * 3 && buckets < 1 << 30 {
        buckets *= 2;
    }
    buckets
}

/// `String.hashCode` over UTF-16 units, with `HashMap`'s fold of the upper half.
fn spread(name: &str) -> u32 {
    let hash = name.encode_utf16().fold(0_u32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(u32::from(unit))
    });
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_that_the_server_gave() {
        let table = [
            (
                "z y x u big small bb lng s f1 f2 f3 f4",
                "small bb big lng f1 f2 f3 f4 s u x y z",
            ),
            ("o m empty el arr", "arr el m o empty"),
            ("w a longer", "a longer w"),
            ("k b d f u", "b d u f k"),
            (
                "k b d f u kk dh h s es c vc fi fs r m",
                "kk b c fi d dh f h k vc fs m es r s u",
            ),
        ];
        for (sent, given) in table {
            let mut members: Vec<_> = sent.split(' ').map(|name| (name.to_owned(), ())).collect();
            hash_map_order(&mut members);
            let names: Vec<_> = members.iter().map(|(name, ())| name.as_str()).collect();
            assert_eq!(names.join(" "), given);
        }
    }
}
