//! The state of a whole page in one word and one sentence (reference 3.3).

use serde::{Deserialize, Serialize};

use crate::status::Status;

/// How bad the page is, as clients key on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// Nothing is wrong.
    None,
    /// Something is slow, or a part is down.
    Minor,
    /// A system is down.
    Major,
    /// All systems are down.
    Critical,
    /// Planned work.
    Maintenance,
}

impl Indicator {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
            Self::Maintenance => "maintenance",
        }
    }
}

/// Which sentence stands in the banner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sentence {
    /// All Systems Operational.
    AllOperational,
    /// Major System Outage.
    MajorSystemOutage,
    /// Partial System Outage.
    PartialSystemOutage,
    /// Minor Service Outage.
    MinorServiceOutage,
    /// Degraded System Service.
    DegradedSystemService,
    /// Partially Degraded Service.
    PartiallyDegradedService,
    /// Service Under Maintenance.
    ServiceUnderMaintenance,
    /// Some Systems Are Not Being Measured.
    NotBeingMeasured,
}

/// A page's state in one word and one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overall {
    /// The word.
    pub indicator: Indicator,
    /// The sentence.
    pub sentence: Sentence,
}

/// Over all visible components, groups left out; the first row of reference 3.3 that matches.
///
/// Unknown components are to be given with their last other status.
pub fn of(statuses: &[Status]) -> Overall {
    let any = |status| statuses.contains(&status);
    let all = |status| !statuses.is_empty() && statuses.iter().all(|own| *own == status);
    let (indicator, sentence) = if all(Status::MajorOutage) {
        (Indicator::Critical, Sentence::MajorSystemOutage)
    } else if any(Status::MajorOutage) || all(Status::PartialOutage) {
        (Indicator::Major, Sentence::PartialSystemOutage)
    } else if any(Status::PartialOutage) {
        (Indicator::Minor, Sentence::MinorServiceOutage)
    } else if all(Status::DegradedPerformance) {
        (Indicator::Minor, Sentence::DegradedSystemService)
    } else if any(Status::DegradedPerformance) {
        (Indicator::Minor, Sentence::PartiallyDegradedService)
    } else if any(Status::UnderMaintenance) {
        (Indicator::Maintenance, Sentence::ServiceUnderMaintenance)
    } else {
        (Indicator::None, Sentence::AllOperational)
    };
    Overall {
        indicator,
        sentence,
    }
}

/// As [`of`], but silence is told: where nothing else is wrong and a component is unknown.
pub fn with_unknown(statuses: &[Status], any_unknown: bool) -> Overall {
    match of(statuses) {
        Overall {
            indicator: Indicator::None,
            ..
        } if any_unknown => Overall {
            indicator: Indicator::Minor,
            sentence: Sentence::NotBeingMeasured,
        },
        overall => overall,
    }
}

#[cfg(test)]
mod tests {
    use Status::{
        DegradedPerformance as D, MajorOutage as J, Operational as O, PartialOutage as P,
        UnderMaintenance as M,
    };

    use super::*;

    #[test]
    fn each_row_of_the_reference_gives_its_indicator_and_sentence() {
        let rows: [(&[Status], Indicator, Sentence); 11] = [
            (&[], Indicator::None, Sentence::AllOperational),
            (&[J, J], Indicator::Critical, Sentence::MajorSystemOutage),
            (&[J], Indicator::Critical, Sentence::MajorSystemOutage),
            (&[J, O], Indicator::Major, Sentence::PartialSystemOutage),
            (&[P, P], Indicator::Major, Sentence::PartialSystemOutage),
            (&[P, D], Indicator::Minor, Sentence::MinorServiceOutage),
            (&[D, D], Indicator::Minor, Sentence::DegradedSystemService),
            (
                &[D, M],
                Indicator::Minor,
                Sentence::PartiallyDegradedService,
            ),
            (
                &[M, O],
                Indicator::Maintenance,
                Sentence::ServiceUnderMaintenance,
            ),
            (
                &[M],
                Indicator::Maintenance,
                Sentence::ServiceUnderMaintenance,
            ),
            (&[O, O], Indicator::None, Sentence::AllOperational),
        ];
        for (statuses, indicator, sentence) in rows {
            assert_eq!(
                of(statuses),
                Overall {
                    indicator,
                    sentence
                },
                "{statuses:?}"
            );
        }
    }

    #[test]
    fn silence_is_never_green_and_never_hides_worse() {
        assert_eq!(
            with_unknown(&[O], true).sentence,
            Sentence::NotBeingMeasured
        );
        assert_eq!(with_unknown(&[O], false).sentence, Sentence::AllOperational);
        assert_eq!(
            with_unknown(&[P, O], true).sentence,
            Sentence::MinorServiceOutage
        );
    }
}
