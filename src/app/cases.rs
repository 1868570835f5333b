//! Cases: the gate, the queue, and working them.
