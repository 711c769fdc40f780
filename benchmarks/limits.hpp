// What the machine can do at most: how many bytes and multiply-adds a second. Measured when first asked for, in the
// same process as what is compared with them.
#pragma once

namespace suite {

/// Bytes a second of the triad a = b + s c over arrays far beyond the caches, 24 a cell.
double bandwidth(int threads);

/// Multiply-adds a second, counted by lane, of the widest vectors that the library uses here.
template <class T> double multiply_adds_a_second(int threads);

/// Bytes of the largest cache.
double last_level_cache();

} // namespace suite
