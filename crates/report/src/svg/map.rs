//! Places by their coordinates: no tiles, nothing loaded, north is up.

use std::fmt::Write as _;

use super::{Room, escape, fitting, grouped, open, real};

/// Kilometres of a degree of latitude.
const DEGREE: f64 = 111.2;
/// Units from the edges.
const MARGIN: f64 = 46.0;
/// Least span of the picture in degrees of latitude: one site alone stands in its middle.
const SPAN: f64 = 0.02;

/// A place with what is there.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Name.
    pub label: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// How many.
    pub value: u64,
    /// What it stands for in words, never by colour alone.
    pub says: String,
    /// Class of the mark: `now`, `act`, `open`, `none`.
    pub class: &'static str,
}

/// Draws the places. Nearby names give way to each other; a mark without room for its name has it as its
/// title and in the table beside.
pub fn map(id: &str, title: &str, spots: &[Spot], room: Room) -> String {
    let width = f64::from(room.width());
    let east = longitudes(spots);
    let bounds = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
            (low.min(v), high.max(v))
        })
    };
    let (south, north) = bounds(&mut spots.iter().map(|s| s.latitude));
    let (west, far_east) = bounds(&mut east.iter().copied());
    let height_room: f64 = match room {
        Room::Wide => 420.0,
        Room::Narrow => 400.0,
    };
    // A degree of longitude is as long as the cosine of the latitude.
    let middle = f64::midpoint(south, north);
    let narrow = middle.to_radians().cos().max(0.05);
    let across = ((far_east - west) * narrow).max(SPAN);
    let up = (north - south).max(SPAN);
    let unit = ((width - 2.0 * MARGIN) / across).min((height_room - 2.0 * MARGIN) / up);
    let height = (up * unit + 2.0 * MARGIN).clamp(180.0, height_room);
    let place = |latitude: f64, longitude: f64| {
        let x = width / 2.0 + (longitude - f64::midpoint(west, far_east)) * narrow * unit;
        let y = height / 2.0 - (latitude - middle) * unit;
        (x, y)
    };
    let description = spots
        .iter()
        .map(|s| format!("{}: {}", s.label, s.says))
        .collect::<Vec<_>>()
        .join("; ");
    let mut out = String::new();
    open(
        &mut out,
        id,
        room,
        super::whole_units(height),
        title,
        &description,
    );
    let _ = write!(
        out,
        "<rect class=\"land\" x=\"0\" y=\"0\" width=\"{width:.0}\" height=\"{height:.0}\"/>"
    );
    if spots.is_empty() {
        out.push_str("</svg>");
        return out;
    }
    let labelled = lines(
        &mut out,
        (width, height),
        (south, north),
        unit,
        |latitude| place(latitude, west).1,
    );
    scale(&mut out, (width, height), unit);
    let most = spots.iter().map(|s| s.value).max().unwrap_or(0).max(1);
    let least = match room {
        Room::Wide => 6.0,
        Room::Narrow => 4.0,
    };
    // Large marks below small ones.
    let mut order: Vec<(usize, &Spot)> = spots.iter().enumerate().collect();
    order.sort_by_key(|(n, s)| (std::cmp::Reverse(s.value), *n));
    let mut marks: Vec<(f64, f64, f64, &Spot)> = Vec::new();
    for (n, s) in order {
        let (x, y) = place(s.latitude, east.get(n).copied().unwrap_or(s.longitude));
        // Area, not width, stands for the count.
        let radius = if s.value == 0 {
            4.0
        } else {
            least + 2.3 * least * (real(s.value) / real(most)).sqrt()
        };
        let class = if s.value == 0 { "nothing" } else { s.class };
        let _ = write!(
            out,
            "<circle class=\"mark {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"><title>{}</title></circle>",
            escape(&format!("{}: {}", s.label, s.says)),
        );
        marks.push((x, y, radius, s));
    }
    names(&mut out, (width, height), &marks, labelled);
    out.push_str("</svg>");
    out
}

/// Longitudes without the jump at 180 degrees, if the places lie on both sides of it.
fn longitudes(spots: &[Spot]) -> Vec<f64> {
    let plain = || spots.iter().map(|s| s.longitude);
    let span = |values: &[f64]| {
        values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
            - values.iter().copied().fold(f64::INFINITY, f64::min)
    };
    let as_is: Vec<f64> = plain().collect();
    let turned: Vec<f64> = plain()
        .map(|l| if l < 0.0 { l + 360.0 } else { l })
        .collect();
    if span(&turned) < span(&as_is) {
        turned
    } else {
        as_is
    }
}

/// Lines of latitude at round degrees, with their degrees; returns the areas that these take.
fn lines(
    out: &mut String,
    (width, height): (f64, f64),
    (south, north): (f64, f64),
    unit: f64,
    y_of: impl Fn(f64) -> f64,
) -> Vec<Area> {
    let mut taken = Vec::new();
    let step = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0,
    ]
    .into_iter()
    .find(|s| s * unit >= 60.0)
    .unwrap_or(90.0);
    let first = ((south - height / unit) / step).floor() * step;
    for n in 0..40u32 {
        let latitude = first + f64::from(n) * step;
        if latitude > north + height / unit {
            break;
        }
        let y = y_of(latitude);
        if y < 14.0 || y > height - 4.0 || latitude.abs() > 90.0 {
            continue;
        }
        let decimals = if step < 0.1 {
            3
        } else {
            usize::from(step < 1.0)
        };
        let side = if latitude < 0.0 { "S" } else { "N" };
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"0\" y1=\"{y:.1}\" x2=\"{width:.0}\" y2=\"{y:.1}\"/>\
             <text class=\"txt dim small\" x=\"4\" y=\"{:.1}\">{:.decimals$}° {side}</text>",
            y - 3.0,
            latitude.abs(),
        );
        taken.push([0.0, y - 14.0, 52.0, y]);
    }
    taken
}

/// A bar of a round number of kilometres.
fn scale(out: &mut String, (width, height): (f64, f64), unit: f64) {
    let of_km = unit / DEGREE;
    let km = [
        0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0,
    ]
    .into_iter()
    .rfind(|km| km * of_km <= 150.0)
    .unwrap_or(0.1);
    let length = km * of_km;
    let (right, y) = (width - 12.0, height - 12.0);
    let _ = write!(
        out,
        "<path class=\"scale\" d=\"M{:.1} {:.1}v5h{length:.1}v-5\"/>\
         <text class=\"txt dim\" x=\"{right:.0}\" y=\"{:.1}\" text-anchor=\"end\">{km} km</text>",
        right - length,
        y - 5.0,
        y - 10.0,
    );
}

/// A rectangle: left, top, right, bottom.
type Area = [f64; 4];

fn overlap(a: &Area, b: &Area) -> bool {
    let [al, at, ar, ab] = a;
    let [bl, bt, br, bb] = b;
    al < br && bl < ar && at < bb && bt < ab
}

/// Names where there is room: right of the mark, left, above, below.
fn names(
    out: &mut String,
    (width, height): (f64, f64),
    marks: &[(f64, f64, f64, &Spot)],
    labelled: Vec<Area>,
) {
    let mut taken: Vec<Area> = marks
        .iter()
        .map(|(x, y, r, _)| [x - r, y - r, x + r, y + r])
        .collect();
    taken.extend(labelled);
    taken.push([width - 170.0, height - 36.0, width, height]);
    for (n, (x, y, r, spot)) in marks.iter().enumerate() {
        let label = if spot.value == 0 {
            spot.label.clone()
        } else {
            format!("{} {}", spot.label, grouped(spot.value))
        };
        let shown: String = label.chars().take(30).collect();
        let wide = real(shown.chars().count() as u64) * 7.6;
        let tries = [
            (x + r + 5.0, *y + 5.0, "start", x + r + 5.0),
            (x - r - 5.0, *y + 5.0, "end", x - r - 5.0 - wide),
            (*x, y - r - 6.0, "middle", x - wide / 2.0),
            (*x, y + r + 16.0, "middle", x - wide / 2.0),
        ];
        for (tx, ty, anchor, left) in tries {
            let area = [left, ty - 13.0, left + wide, ty + 4.0];
            let inside =
                left >= 2.0 && left + wide <= width - 2.0 && ty >= 14.0 && ty <= height - 4.0;
            let free = taken
                .iter()
                .enumerate()
                .all(|(m, other)| m == n || !overlap(&area, other));
            if inside && free {
                let _ = write!(
                    out,
                    "<text class=\"txt on-tile\" x=\"{tx:.1}\" y=\"{ty:.1}\" text-anchor=\"{anchor}\">{}</text>",
                    fitting(&label, 230),
                );
                taken.push(area);
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(label: &str, latitude: f64, longitude: f64, value: u64) -> Spot {
        Spot {
            label: label.to_owned(),
            latitude,
            longitude,
            value,
            says: format!("{value} modules"),
            class: "act",
        }
    }

    /// Centre of the mark with this label.
    fn centre(svg: &str, label: &str) -> (f64, f64) {
        let end = svg.find(&format!("<title>{label}: ")).unwrap_or_default();
        let start = svg[..end].rfind("<circle").unwrap_or_default();
        let number = |name: &str| -> f64 {
            let tail = svg[start..].split(name).nth(1).unwrap_or_default();
            tail.split('"')
                .next()
                .and_then(|n| n.parse().ok())
                .unwrap_or(f64::NAN)
        };
        (number("cx=\""), number("cy=\""))
    }

    #[test]
    fn north_is_up_and_east_is_right() {
        for room in [Room::Wide, Room::Narrow] {
            let spots = [spot("S", 54.0, -2.0, 1), spot("N", 55.0, -3.0, 4)];
            let svg = map("m", "Sites", &spots, room);
            let (s, n) = (centre(&svg, "S"), centre(&svg, "N"));
            assert!(n.1 < s.1 && n.0 < s.0, "{s:?} {n:?}");
            assert!(svg.contains(" km</text>"));
        }
    }

    #[test]
    fn both_sides_of_the_date_line_are_near_each_other() {
        let spots = [spot("W", -17.0, 179.9, 1), spot("E", -17.0, -179.9, 1)];
        let svg = map("m", "Sites", &spots, Room::Wide);
        let (w, e) = (centre(&svg, "W"), centre(&svg, "E"));
        assert!(w.0 < e.0 && e.0 - w.0 <= 760.0, "{w:?} {e:?}");
    }

    #[test]
    fn one_place_or_none_is_a_picture_too() {
        let one = map("m", "Sites", &[spot("<i>", 0.0, 0.0, 0)], Room::Wide);
        assert!(one.contains("mark nothing") && one.contains("&lt;i&gt;") && !one.contains("<i>"));
        assert!(!one.contains("NaN") && !one.contains("inf"));
        let none = map("m", "Sites", &[], Room::Wide);
        assert!(!none.contains("<circle") && !none.contains("NaN"));
    }
}
