// Policies by name.
#pragma once

#include <kuramoto/execution/policy.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/runtime/any_policy.hpp>
#include <kuramoto/runtime/names.hpp>
#include <kuramoto/threads.hpp>

#include <cstddef>
#include <string_view>
#include <variant>

KURAMOTO_BEGIN_NAMESPACE
namespace runtime {

/// The policies of the library.
enum class PolicyKind {
    serial,  ///< Serial
    fused,   ///< Fused
    openmp,  ///< OpenMP
    threads, ///< Threads
};
/// The names of the policies.
template <> struct Names<PolicyKind> {
    /// What the names are those of, for messages.
    static constexpr const char* what = "policy";
    /// In the order of the enumerators.
    static constexpr std::string_view words[] = {"serial", "fused", "openmp", "threads"};
};
/// The names of the instruction sets.
template <> struct Names<Isa> {
    /// What the names are those of, for messages.
    static constexpr const char* what = "isa";
    /// In the order of the enumerators.
    static constexpr std::string_view words[] = {"automatic", "baseline", "avx2", "avx512"};
};

/// What the algorithms of this layer run under: array passes, or any other policy.
using Policy = std::variant<Serial, AnyPolicy>;

/// The members of policies.
struct PolicyOptions {
    int threads = 0;                            ///< openmp, threads: number of threads; 0: chosen by the policy
    int depth = 0;                              ///< not serial: time steps per sweep; 0: chosen from the grid
    Isa isa = Isa::automatic;                   ///< instruction set
    std::ptrdiff_t min_cells_per_thread = 4096; ///< openmp, threads: fewest cells per thread
};

/// The policy of that kind. It ignores options that it does not have.
///
/// Throws: std::invalid_argument for an option that is out of range, or an instruction set that this processor lacks.
[[nodiscard]] inline Policy policy_of(PolicyKind kind, const PolicyOptions& options = {}) {
    switch (kind) {
    case PolicyKind::serial:
        return Serial{.isa = options.isa};
    case PolicyKind::openmp:
        return AnyPolicy(OpenMP{.threads = options.threads,
                                .depth = options.depth,
                                .isa = options.isa,
                                .min_cells_per_thread = options.min_cells_per_thread});
    case PolicyKind::threads:
        return AnyPolicy(Threads{.threads = options.threads,
                                 .depth = options.depth,
                                 .isa = options.isa,
                                 .min_cells_per_thread = options.min_cells_per_thread});
    case PolicyKind::fused:
        break;
    }
    return AnyPolicy(Fused{.depth = options.depth, .isa = options.isa});
}

/// The policy for algorithms without array passes, such as observables: Fused in place of Serial.
[[nodiscard]] inline AnyPolicy workers_of(const Policy& policy) {
    if (const auto* serial = std::get_if<Serial>(&policy)) return Fused{.isa = serial->isa};
    return std::get<AnyPolicy>(policy);
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
