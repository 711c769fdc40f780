// The execution policies of a run.
#pragma once

#include "options.hpp"

#include <processes.hpp>

#include <kuramoto/openmp.hpp>
#include <kuramoto/runtime/policies.hpp>

namespace simulate {

/// The workers of a run. They also work for --policy serial, except on the right-hand side of a lattice model:
/// elsewhere the library has the same bits for every policy. `fused` is `openmp` with one thread, which saves a type to
/// compile.
inline km::OpenMP workers_of(const Options& options) {
    return {.threads = options.policy == "openmp" ? threads_of(options.threads) : 1};
}

/// The policy that was asked for.
inline km::runtime::Policy policy_of(const Options& options) {
    return km::runtime::policy_of(km::runtime::named<km::runtime::PolicyKind>(options.policy),
                                  {.threads = threads_of(options.threads)});
}

} // namespace simulate
