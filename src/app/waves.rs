//! Waves: who would be asked, who not and why; starting, pausing, ending them.
