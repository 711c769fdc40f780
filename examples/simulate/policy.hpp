// The execution policies of a run.
#pragma once

#include "options.hpp"

#include <processes.hpp>

#include <kuramoto/runtime/policies.hpp>

#include <algorithm>
#include <cstdlib>

namespace simulate {

/// The number of threads that was asked for; 0: the policy decides. OMP_NUM_THREADS, which OpenMP's runtime reads,
/// holds for the library's own threads too.
inline int threads_of_policy(const Options& options) {
    const int asked = threads_of(options.threads);
    const char* const variable = std::getenv("OMP_NUM_THREADS");
    if (asked != 0 || options.policy != "threads" || variable == nullptr) return asked;
    return static_cast<int>(std::clamp(std::strtol(variable, nullptr, 10), 0L, 1024L));
}

/// The policy that was asked for.
inline km::runtime::Policy policy_of(const Options& options) {
    return km::runtime::policy_of(km::runtime::named<km::runtime::PolicyKind>(options.policy),
                                  {.threads = threads_of_policy(options)});
}

/// The workers of a run. They also work for --policy serial, except on the right-hand side of a lattice model:
/// elsewhere the library has the same bits for every policy.
inline km::AnyPolicy workers_of(const Options& options) { return km::runtime::workers_of(policy_of(options)); }

} // namespace simulate
