// The execution policies of a run.
#pragma once

#include "options.hpp"

#include <kuramoto/openmp.hpp>

namespace simulate {

/// The workers of a run. They also work for --policy serial, except on the right-hand side of a lattice model:
/// elsewhere the library has the same bits for every policy. `fused` is `openmp` with one thread, which saves a type to
/// compile.
inline km::OpenMP workers_of(const Options& options) {
    return {.threads = options.policy == "openmp" ? options.threads : 1};
}

/// Calls `use` with the policy that was asked for.
template <class Use> void with_policy(const Options& options, const Use& use) {
    if (options.policy == "serial") return use(km::Serial{});
    use(workers_of(options));
}

} // namespace simulate
