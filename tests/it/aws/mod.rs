//! What only AWS has: its errors and life cycles, against scripted servers and the emulator.

mod ecs;
