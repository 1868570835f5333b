//! Responses: keeping what customers answer, and the tallies with it.
