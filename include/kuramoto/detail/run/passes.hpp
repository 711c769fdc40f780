// A rate and time steps in array passes: what the policy Serial runs.
#pragma once

#include <kuramoto/detail/kernels/array_passes.hpp>
#include <kuramoto/detail/random/noise.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>
#include <kuramoto/execution/isa.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class T> void fill_with(const Array<T>& rate, const Source<T>& source) noexcept {
    if (source.is_uniform)
        rate.fill(source.number);
    else
        rate.read(source.field);
}

/// out = source + K ∇·f(∇in) in array passes.
template <class T> void rate_in_passes(const Sweep<T>& sweep, const AnyCouplingPass<T>& couple, Isa isa) {
    const std::ptrdiff_t rows = sweep.in.rows();
    const std::ptrdiff_t cols = sweep.in.cols();
    const ArrayPasses<T> passes(rows, cols, couple, sweep.boundary, sweep.east_strength.field,
                                sweep.south_strength.field, isa);
    const Array<T> theta(rows, cols);
    const Array<T> rate(rows, cols);
    theta.read(sweep.in);
    fill_with(rate, sweep.source);
    passes.add_laplacian(theta, sweep.K, rate);
    rate.write(sweep.out);
}

/// work(part) for every part of every row of an array that gets noise. `kept` has cells where noise is averaged.
template <class T, class Work> void for_noisy_cells(const Array<T>& theta, const Array<T>& kept, const Work& work) {
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t begin = 0; begin < theta.cols(); begin += most_noisy_cells) {
            const std::ptrdiff_t count = clamped(theta.cols() - begin, 0, most_noisy_cells);
            work(NoisyCells<T>{.span = {.row = i, .begin = begin, .count = count},
                               .phases = theta.row(i) + begin,
                               .kept = kept.rows() == 0 ? nullptr : kept.row(i) + begin});
        }
}

/// `steps` time steps in array passes.
template <class T>
void steps_in_passes(const Sweep<T>& sweep, const AnyCouplingPass<T>& couple, Isa isa, std::int64_t steps) {
    const std::ptrdiff_t rows = sweep.in.rows();
    const std::ptrdiff_t cols = sweep.in.cols();
    const ArrayPasses<T> passes(rows, cols, couple, sweep.boundary, sweep.east_strength.field,
                                sweep.south_strength.field, isa);
    const Stages<T>& stages = sweep.stages;
    const bool has_inner = stages.count > 1;
    const Array<T> theta(rows, cols);
    const Array<T> rate(rows, cols);
    const Array<T> inner(has_inner ? rows : 0, cols); // what a later stage works on
    const Array<T> base(has_inner ? rows : 0, cols);  // the phases at the beginning of the step
    Noise<T> noise = sweep.noise;
    const Array<T> kept_noise(noise.is_averaged ? rows : 0, cols);
    if (noise.is_averaged)
        for_noisy_cells(theta, kept_noise, [&](const NoisyCells<T>& cells) { keep_first_noise(noise, cells); });
    theta.read(sweep.in);
    for (std::int64_t step = 0; step < steps; ++step, ++noise.step) {
        if (has_inner) base.copy(theta);
        for (int k = 0; k < stages.count; ++k) {
            if (k > 0) {
                inner.copy(base);
                passes.add_step(inner, stages.inner[k - 1], rate);
            }
            fill_with(rate, sweep.source);
            passes.add_laplacian(k > 0 ? inner : theta, sweep.K, rate);
            passes.add_step(theta, stages.outer[k], rate);
        }
        if (noise.is_present())
            for_noisy_cells(theta, kept_noise, [&](const NoisyCells<T>& cells) { add_noise(noise, cells); });
    }
    theta.write(sweep.out);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
