// A rate in one pass over the cells, or in array passes.
#pragma once

#include <kuramoto/detail/run/lattice_sweep.hpp>
#include <kuramoto/detail/run/passes.hpp>
#include <kuramoto/detail/tiling/run.hpp>
#include <kuramoto/execution/policy.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class P, class T, class C>
void run_rate(const P& policy, const Execution& execution, const Sweep<T>& sweep, const C& coupling) {
    if (sweep.in.empty()) return;
    if constexpr (works_in_array_passes<P>)
        rate_in_passes(sweep, AnyCouplingPass<T>(coupling, execution.isa), execution.isa);
    else
        run_one_pass(policy, execution, sweep);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
