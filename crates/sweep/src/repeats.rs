//! Which keys of a long list stand in several rows, in memory that does not grow with the list.
//!
//! A Bloom filter of fixed size remembers that a key was there; a key that it has seen before, or only
//! takes for one it has seen, is a *candidate* and is kept. Where there are many candidates the list is
//! read once more and they are counted, so that what remains are keys that do stand in several rows.
//! The filter has no false negatives: no repetition is missed.

/// Most candidates kept: 32 MB. Of keys past that nobody says whether they repeat.
pub const MOST_CANDIDATES: usize = 4_000_000;
/// Up to so many candidates nothing is counted: a few rows taken for repetitions without being one are
/// identified together with the others, which changes nothing but their place in the output.
const FEW: usize = 4096;
/// Size of the filter in blocks of 64 bytes: 32 MB, eight bits a key for 33 million keys.
const BLOCKS: usize = 1 << 19;
/// The same for lists above [`LONG`]: 128 MB.
const BLOCKS_LONG: usize = 1 << 21;
/// From this size of the list on, in bytes, the larger filter is taken.
const LONG: u64 = 512 * 1024 * 1024;
/// Bits a key sets in its block.
const BITS: u32 = 6;

/// Keys looked up in one go.
const WAITING: usize = 256;

/// The finishing step of `SplitMix64` (Steele, Lea and Flood, 2014): every bit of the result depends on every
/// bit of the key. Whoever chooses keys that fall together makes candidates, which are counted.
fn mixed(key: u64) -> u64 {
    let mut z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What has been seen of the keys of a list.
pub struct Repeats {
    filter: Vec<[u64; 8]>,
    waiting: Vec<u64>,
    candidates: Vec<u64>,
    /// Length at which the candidates are sorted and freed of doubles.
    sort_at: usize,
    full: bool,
}

impl Repeats {
    /// For a list of so many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let blocks = if bytes > LONG { BLOCKS_LONG } else { BLOCKS };
        Self {
            filter: vec![[0; 8]; blocks],
            waiting: Vec::with_capacity(WAITING),
            candidates: Vec::new(),
            sort_at: 1 << 16,
            full: false,
        }
    }

    /// One key of a row; each key of a row once.
    pub fn take(&mut self, key: u64) {
        self.waiting.push(key);
        if self.waiting.len() == WAITING {
            self.settle();
        }
    }

    /// Looks up the keys that wait. One after the other, so that the processor waits for memory once for
    /// several of them.
    fn settle(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for key in waiting.drain(..) {
            if self.known(key) {
                self.candidate(key);
            }
        }
        self.waiting = waiting;
    }

    /// Whether the filter takes the key for one it has seen; from now on it does.
    fn known(&mut self, key: u64) -> bool {
        let hash = mixed(key);
        // The number of the block comes from the low bits, what decides within it from the others.
        let block = usize::try_from(hash).unwrap_or_default() & (self.filter.len() - 1);
        let Some(block) = self.filter.get_mut(block) else {
            return false;
        };
        let hash = mixed(hash);
        let mut known = true;
        for n in 0..BITS {
            let bits = hash >> (10 * n);
            let (word, bit) = ((bits & 7) as usize, 1u64 << ((bits >> 3) & 63));
            if let Some(word) = block.get_mut(word) {
                known &= *word & bit != 0;
                *word |= bit;
            }
        }
        known
    }

    fn candidate(&mut self, key: u64) {
        if self.candidates.len() >= self.sort_at {
            self.candidates.sort_unstable();
            self.candidates.dedup();
            self.sort_at = (self.candidates.len() * 2)
                .max(self.sort_at)
                .min(MOST_CANDIDATES);
            if self.candidates.len() >= MOST_CANDIDATES {
                self.full = true;
                return;
            }
        }
        self.candidates.push(key);
    }

    /// The candidates, and whether there were more than can be kept.
    #[must_use]
    pub fn candidates(mut self) -> (Candidates, bool) {
        self.settle();
        self.candidates.sort_unstable();
        self.candidates.dedup();
        self.candidates.shrink_to_fit();
        (
            Candidates {
                keys: self.candidates,
                rows: Vec::new(),
            },
            self.full,
        )
    }
}

/// Keys that may stand in several rows.
pub struct Candidates {
    keys: Vec<u64>,
    /// Rows that have the key, two at most; as long as `keys` once counting began.
    rows: Vec<u8>,
}

impl Candidates {
    /// Whether they are to be counted in another reading.
    #[must_use]
    pub fn many(&self) -> bool {
        self.keys.len() > FEW
    }

    /// One key of a row in the other reading.
    pub fn count(&mut self, key: u64) {
        self.rows.resize(self.keys.len(), 0);
        if let Ok(at) = self.keys.binary_search(&key)
            && let Some(rows) = self.rows.get_mut(at)
        {
            *rows = rows.saturating_add(1);
        }
    }

    /// Keys in several rows, sorted. Without a count: all of them.
    #[must_use]
    pub fn shared(self) -> Vec<u64> {
        if self.rows.is_empty() {
            return self.keys;
        }
        self.keys
            .into_iter()
            .zip(self.rows)
            .filter_map(|(key, rows)| (rows > 1).then_some(key))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(keys: &[u64]) -> (Vec<u64>, usize) {
        let mut repeats = Repeats::new(0);
        for key in keys {
            repeats.take(*key);
        }
        let (mut candidates, full) = repeats.candidates();
        assert!(!full);
        let all = candidates.keys.len();
        for key in keys {
            candidates.count(*key);
        }
        (candidates.shared(), all)
    }

    #[test]
    fn every_repetition_is_found_and_nothing_else() {
        // 300,000 different keys, every thousandth once more, one three times.
        let mut keys: Vec<u64> = (0..300_000u64).map(|n| n.wrapping_mul(7919)).collect();
        let mut expected: Vec<u64> = keys.iter().copied().step_by(1000).collect();
        keys.extend(expected.clone());
        keys.push(0);
        expected.sort_unstable();
        let (found, candidates) = shared(&keys);
        assert_eq!(found, expected);
        // 447 bits a key: hardly a key is taken for another.
        assert!(candidates <= expected.len() + 3, "{candidates} candidates");
    }

    #[test]
    fn a_crowded_filter_takes_keys_for_others_and_counting_tells() {
        let mut repeats = Repeats::new(0);
        repeats.filter = vec![[0; 8]; 64];
        let keys: Vec<u64> = (0..20_000).collect();
        for key in &keys {
            repeats.take(*key);
        }
        repeats.take(77);
        let (mut candidates, _) = repeats.candidates();
        assert!(candidates.many(), "{}", candidates.keys.len());
        for key in &keys {
            candidates.count(*key);
        }
        candidates.count(77);
        assert_eq!(candidates.shared(), [77]);
    }

    #[test]
    fn more_candidates_than_can_be_kept_are_said() {
        let mut repeats = Repeats::new(0);
        for key in 0..(MOST_CANDIDATES as u64 + 2) {
            repeats.candidate(key);
        }
        let (candidates, full) = repeats.candidates();
        assert!(full);
        assert!(candidates.keys.len() <= MOST_CANDIDATES);
    }
}
