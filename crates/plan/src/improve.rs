//! Plans that keep every limit: built site by site under prices, then parts taken out and built anew.

use crate::board::Board;
use crate::model::{Model, NEVER};
use crate::relax::{Columns, Prices};
use crate::schedule::Pick;

/// Numbers from a seed: splitmix64. The same seed gives the same plan.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % (n.max(1) as u64)) as usize
    }
}

/// Builds one site after the other.
#[derive(Default)]
pub(crate) struct Builder {
    columns: Columns,
    order: Vec<u32>,
    now: Vec<i64>,
    trial: Vec<u32>,
}

impl Builder {
    /// Places all assets of a site, none of which is placed, as cheaply under `prices` as fits.
    pub(crate) fn site(&mut self, board: &mut Board, prices: &Prices, site: usize) {
        let m = board.m;
        let t = m.t;
        let assets = &m.at_site[site];
        let n = assets.len();
        self.columns.fill(m, prices, site);
        self.order.clear();
        self.order.extend(0..n as u32);
        let c = &self.columns;
        // Those that gain most by being worked on choose first; with orders, what comes first.
        if m.orders.is_empty() {
            self.order.sort_by_key(|i| {
                let i = *i as usize;
                let least = c.cost[i * t..][..t].iter().min().copied();
                (least.unwrap_or(NEVER).saturating_sub(c.other[i]), i)
            });
        }
        self.now.clear();
        self.now.extend_from_slice(&c.other);
        loop {
            let mut best: Option<(i64, usize)> = None;
            for period in 0..t {
                if c.visit[period] == NEVER || board.visited(site, period) {
                    continue;
                }
                let mut possible = -c.visit[period];
                for i in 0..n {
                    possible += (self.now[i] - c.cost[i * t + period]).max(0);
                }
                if possible <= best.map_or(0, |b| b.0) {
                    continue;
                }
                // What fits, tried for real and taken back.
                self.trial.clear();
                let mut gain = -c.visit[period];
                for i in &self.order {
                    let at = *i as usize;
                    let asset = assets[at] as usize;
                    let cost = c.cost[at * t + period];
                    if cost >= self.now[at] || board.pick(asset).is_some() {
                        // Moves of what is placed already are made below.
                        gain += if board.pick(asset).is_some() {
                            (self.now[at] - cost).max(0)
                        } else {
                            0
                        };
                        continue;
                    }
                    if board.place(asset, c.pick(at, period)) {
                        gain += self.now[at] - cost;
                        self.trial.push(*i);
                    }
                }
                for i in &self.trial {
                    board.lift(assets[*i as usize] as usize);
                }
                if gain > best.map_or(0, |b| b.0) {
                    best = Some((gain, period));
                }
            }
            let Some((_, period)) = best else { break };
            let mut moved = false;
            for i in &self.order {
                let at = *i as usize;
                let asset = assets[at] as usize;
                let cost = c.cost[at * t + period];
                if cost >= self.now[at] {
                    continue;
                }
                let before = board.pick(asset);
                if before.is_some() {
                    board.lift(asset);
                }
                if board.place(asset, c.pick(at, period)) {
                    self.now[at] = cost;
                    moved = true;
                } else if let Some(before) = before {
                    // It fitted a moment ago; without it, it is left as it is.
                    if !board.place(asset, before) {
                        self.now[at] = c.other[at];
                    }
                }
            }
            if !moved {
                break;
            }
        }
        for (asset, pick) in assets.iter().zip(&c.other_pick) {
            if board.pick(*asset as usize).is_none() {
                board.place_or_leave(*asset as usize, *pick);
            }
        }
        // Each asset once more among the visits that are made now.
        for i in &self.order {
            let at = *i as usize;
            let asset = assets[at] as usize;
            let Some(before) = board.pick(asset) else {
                continue;
            };
            let mut least = self.now[at];
            let mut pick = None;
            for period in 0..t {
                if board.visited(site, period) && c.cost[at * t + period] < least {
                    least = c.cost[at * t + period];
                    pick = Some(c.pick(at, period));
                }
            }
            if let Some(pick) = pick {
                board.lift(asset);
                if board.place(asset, pick) {
                    self.now[at] = least;
                } else if !board.place(asset, before) {
                    board.place_or_leave(asset, Pick::default());
                }
            }
        }
    }
}

impl Builder {
    /// Places one asset as cheaply under `prices` as fits; a visit that is not made yet counts a share of
    /// its price, in tenths, because others may join it.
    fn asset(&mut self, board: &mut Board, prices: &Prices, asset: usize, share: i64) {
        let m = board.m;
        let site = m.p.assets[asset].site as usize;
        self.columns.fill_one(m, prices, asset);
        let c = &self.columns;
        let mut ways: Vec<(i64, Pick)> = vec![(c.other[0], c.other_pick[0])];
        for period in 0..m.t {
            let mut cost = c.cost[period];
            if cost >= NEVER {
                continue;
            }
            if !board.visited(site, period) {
                cost = cost.saturating_add(c.visit[period] / 10 * share);
            }
            ways.push((cost, c.pick(0, period)));
        }
        ways.sort_by_key(|(cost, pick)| (*cost, pick.work));
        for (_, pick) in &ways {
            if board.place(asset, *pick) {
                return;
            }
            // The bridge alone may be what does not fit.
            if pick.bridge.is_some() && pick.work.is_some() {
                let bare = Pick {
                    work: pick.work,
                    bridge: None,
                };
                if board.place(asset, bare) {
                    return;
                }
            }
        }
        board.place_or_leave(asset, Pick::default());
    }
}

/// Prices as a share of those of the bound, in tenths.
pub(crate) fn prices(m: &Model, limits: &[i64], orders: &[i64], tenths: i64) -> Prices {
    let part = |x: &[i64]| x.iter().map(|v| v * tenths / 10).collect::<Vec<_>>();
    Prices::of(m, &part(limits), &part(orders))
}

/// A plan under prices: the sites with most to lose first.
pub(crate) fn construct<'m, 'p>(
    m: &'m Model<'p>,
    prices: &Prices,
    builder: &mut Builder,
) -> Board<'m, 'p> {
    let mut board = Board::new(m);
    let mut order: Vec<(i64, usize)> = m
        .at_site
        .iter()
        .enumerate()
        .filter(|(_, a)| !a.is_empty())
        .map(|(site, assets)| {
            let weight: i64 = assets
                .iter()
                .map(|a| {
                    let a = &m.p.assets[*a as usize];
                    let late = a.deadline.as_ref().map_or(0, |d| d.missed_cents);
                    (a.points * m.p.cents_per_point).saturating_add(late)
                })
                .fold(0, i64::saturating_add);
            let work: i64 = assets
                .iter()
                .filter_map(|a| m.p.assets[*a as usize].choices.first())
                .map(|c| c.cents + 1)
                .sum();
            // Exposure for each cent of work, in thousandths.
            (-weight.saturating_mul(1000) / work.max(1), site)
        })
        .collect();
    order.sort_unstable();
    if m.orders.is_empty() {
        for (_, site) in order {
            builder.site(&mut board, prices, site);
        }
    } else {
        for site in 0..m.at_site.len() {
            builder.site(&mut board, prices, site);
        }
    }
    board
}

/// A plan from picks that together use about what there is: those that fit are kept, the others placed
/// as well as goes, most to lose first.
pub(crate) fn from_picks<'m, 'p>(
    m: &'m Model<'p>,
    picks: &[Pick],
    prices: &Prices,
    builder: &mut Builder,
) -> Board<'m, 'p> {
    let mut board = Board::new(m);
    let mut left = Vec::new();
    for a in by_loss(m) {
        let pick = picks.get(a).copied().unwrap_or_default();
        // Left for later: what is to be left as it is may find room at the end.
        if pick == Pick::default() || !board.place(a, pick) {
            left.push(a);
        }
    }
    for a in left {
        builder.asset(&mut board, prices, a, 10);
    }
    board
}

/// Assets with most to lose for each cent of work first.
fn by_loss(m: &Model) -> Vec<usize> {
    let mut order: Vec<usize> = (0..m.p.assets.len()).collect();
    order.sort_by_key(|a| {
        let asset = &m.p.assets[*a];
        let late = asset.deadline.as_ref().map_or(0, |d| d.missed_cents);
        let work = asset.choices.first().map_or(1, |c| c.cents + 1);
        (
            -(asset.points * m.p.cents_per_point + late).saturating_mul(1000) / work,
            *a,
        )
    });
    order
}

/// Takes each asset out in turn and places it anew; what is not cheaper goes back. Fills what building
/// site by site has left over.
pub(crate) fn sweep(board: &mut Board, prices: &Prices, builder: &mut Builder, share: i64) -> i64 {
    let m = board.m;
    let begin = board.cost();
    for a in by_loss(m) {
        let before = board.cost();
        let pick = board.pick(a);
        board.lift(a);
        builder.asset(board, prices, a, share);
        if board.cost() > before {
            board.lift(a);
            if let Some(pick) = pick {
                board.place_or_leave(a, pick);
            }
        }
    }
    begin - board.cost()
}

/// Takes some sites out and builds them anew, as often as told; keeps what is cheaper.
pub(crate) fn improve(
    board: &mut Board,
    limits: &[i64],
    orders: &[i64],
    turns: usize,
    seed: u64,
    enough: impl Fn(i64) -> bool,
) {
    let m = board.m;
    let shares: Vec<Prices> = [0, 3, 6, 10].map(|s| prices(m, limits, orders, s)).into();
    let busy: Vec<usize> = (0..m.at_site.len())
        .filter(|s| !m.at_site[*s].is_empty())
        .collect();
    if busy.is_empty() {
        return;
    }
    // Sites that compete for the same money or the same crew.
    let mut of_department = vec![Vec::new(); m.p.departments.len()];
    let mut of_crew = vec![Vec::new(); m.p.crews.len()];
    for s in &busy {
        of_department[m.p.sites[*s].department as usize].push(*s);
        of_crew[m.p.sites[*s].crew as usize].push(*s);
    }
    let mut random = Random(seed);
    let mut builder = Builder::default();
    let mut missed: Vec<usize> = Vec::new();
    let mut assets_of_department = vec![Vec::new(); m.p.departments.len()];
    let mut assets_of_crew = vec![Vec::new(); m.p.crews.len()];
    for (at, a) in m.p.assets.iter().enumerate() {
        assets_of_department[a.department as usize].push(at);
        assets_of_crew[m.p.sites[a.site as usize].crew as usize].push(at);
    }
    let mut out: Vec<usize> = Vec::new();
    let mut kept: Vec<(usize, Option<Pick>)> = Vec::new();
    // Where there are many turns for each asset, somewhat worse plans are gone on from as well, ever less
    // so towards the end: a search that only goes down stops early in small, tight problems.
    let patient = turns / m.p.assets.len().max(1) >= 20;
    let typical = board.cost() as f64 / m.p.assets.len().max(1) as f64;
    let mut best = board.cost();
    let mut best_picks: Vec<Option<Pick>> = if patient {
        (0..m.p.assets.len()).map(|a| board.pick(a)).collect()
    } else {
        Vec::new()
    };
    for turn in 0..turns {
        if turn % 256 == 0 && enough(best.min(board.cost())) {
            break;
        }
        let worse = if patient {
            let rest = 1.0 - turn as f64 / turns as f64;
            (typical * WARMTH * rest * rest) as i64
        } else {
            0
        };
        if patient && board.cost() < best {
            best = board.cost();
            best_picks.clear();
            best_picks.extend((0..m.p.assets.len()).map(|a| board.pick(a)));
        }
        if turn % 256 == 0 {
            missed = (0..m.p.assets.len())
                .filter(|a| {
                    m.p.assets[*a].deadline.as_ref().is_some_and(|d| d.binding)
                        && m.extras(*a, board.pick(*a).and_then(|p| p.work)) > 0
                })
                .collect();
        }
        if turn % 4 != 0 {
            let share = &shares[random.below(shares.len())];
            let first = if !missed.is_empty() && random.below(3) == 0 {
                missed[random.below(missed.len())]
            } else {
                random.below(m.p.assets.len())
            };
            let near = if random.below(2) == 0 {
                &assets_of_department[m.p.assets[first].department as usize]
            } else {
                let site = m.p.assets[first].site as usize;
                &assets_of_crew[m.p.sites[site].crew as usize]
            };
            some_assets(
                board,
                near,
                first,
                share,
                &mut builder,
                &mut random,
                &mut kept,
                worse,
            );
            continue;
        }
        let start = busy[random.below(busy.len())];
        let near = if random.below(2) == 0 {
            &of_department[m.p.sites[start].department as usize]
        } else {
            &of_crew[m.p.sites[start].crew as usize]
        };
        let size = 1 + random.below(6);
        out.clear();
        out.push(start);
        for _ in 1..size {
            let s = near[random.below(near.len())];
            if !out.contains(&s) {
                out.push(s);
            }
        }
        let share = &shares[random.below(shares.len())];
        let before = board.cost();
        kept.clear();
        for s in &out {
            for a in &m.at_site[*s] {
                kept.push((*a as usize, board.pick(*a as usize)));
                board.lift(*a as usize);
            }
        }
        for s in &out {
            builder.site(board, share, *s);
        }
        if board.cost() > before + worse {
            back(board, &mut kept);
        }
    }
    if patient && best < board.cost() && !best_picks.is_empty() {
        let mut all: Vec<(usize, Option<Pick>)> = best_picks.into_iter().enumerate().collect();
        back(board, &mut all);
    }
}

/// What a plan may be worse at first and still be gone on from, as a share of the cost of an asset.
const WARMTH: f64 = 0.3;

/// Puts everything back as it was.
fn back(board: &mut Board, kept: &mut [(usize, Option<Pick>)]) {
    for (a, _) in kept.iter() {
        board.lift(*a);
    }
    // In the order of the problem, so that what comes first is placed first.
    kept.sort_unstable_by_key(|(a, _)| *a);
    for (a, pick) in kept.iter() {
        if let Some(pick) = pick {
            board.place_or_leave(*a, *pick);
        }
    }
}

#[allow(clippy::too_many_arguments)] // one step of the loop above, apart to be read apart
/// Takes some assets out that compete for the same periods, and places each anew.
fn some_assets(
    board: &mut Board,
    near: &[usize],
    first: usize,
    prices: &Prices,
    builder: &mut Builder,
    random: &mut Random,
    kept: &mut Vec<(usize, Option<Pick>)>,
    worse: i64,
) {
    let m = board.m;
    let before = board.cost();
    let when = |board: &Board, a: usize| {
        board
            .pick(a)
            .and_then(|p| p.work)
            .map_or(m.t, |(_, t)| usize::from(t))
    };
    let mut around = when(board, first);
    if let Some(d) = &m.p.assets[first].deadline
        && around > usize::from(d.period)
    {
        // Room has to be made before its deadline.
        around = random.below(usize::from(d.period) + 1);
    }
    let most = 2 + random.below(30);
    let far = 1 + random.below(3);
    kept.clear();
    kept.push((first, board.pick(first)));
    let whole_visit = random.below(2) == 0;
    if whole_visit {
        // All that is done at this site in this period.
        for a in &m.at_site[m.p.assets[first].site as usize] {
            let a = *a as usize;
            if a != first && when(board, a) == around {
                kept.push((a, board.pick(a)));
            }
        }
    }
    for a in kept.iter() {
        board.lift(a.0);
    }
    for _ in 0..3 * most {
        let a = near[random.below(near.len())];
        if board.pick(a).is_some() && when(board, a).abs_diff(around) <= far {
            kept.push((a, board.pick(a)));
            board.lift(a);
            if kept.len() >= most {
                break;
            }
        }
    }
    let share = [0, 2, 10][random.below(3)];
    // Those with most to lose first, now and then in any order.
    let mut order: Vec<(i64, usize)> = kept
        .iter()
        .map(|(a, _)| {
            let asset = &m.p.assets[*a];
            let work = asset.choices.first().map_or(1, |c| c.minutes + 1);
            let key = match share {
                0 => random.below(1000) as i64,
                2 => -asset.points * 1000 / work,
                _ => -asset.points,
            };
            (key, *a)
        })
        .collect();
    order.sort_unstable();
    for (_, a) in order {
        builder.asset(board, prices, a, share);
    }
    if board.cost() > before + worse {
        back(board, kept);
    }
}
