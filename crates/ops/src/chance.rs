//! Where random bytes come from: the operating system, or a seed in tests.

use std::sync::{Arc, Mutex, PoisonError};

use noroshi_domain::{CommandId, Seed};

/// A source of random bytes.
#[derive(Debug, Clone)]
pub enum Chance {
    /// The operating system's.
    System,
    /// Reproducible, for tests and for the demo.
    Seeded(Arc<Mutex<Seed>>),
}

impl Chance {
    /// A reproducible source.
    pub fn seeded(text: &str) -> Self {
        Self::Seeded(Arc::new(Mutex::new(Seed::of_text(text))))
    }

    /// 32 random bytes.
    pub fn bytes(&self) -> [u8; 32] {
        match self {
            Self::System => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).expect("the operating system has random bytes");
                bytes
            }
            Self::Seeded(seed) => seed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .draw_bytes(),
        }
    }

    /// A random number.
    pub fn number(&self) -> u64 {
        let bytes = self.bytes();
        let eight: [u8; 8] = bytes[..8].try_into().expect("there are 32");
        u64::from_le_bytes(eight)
    }

    /// A fresh command identifier.
    pub fn command_id(&self) -> CommandId {
        Seed::new(self.bytes()).draw().into()
    }
}
