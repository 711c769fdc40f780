// kuramoto: oscillators on a lattice, dθ/dt = ω + K ∇·f(∇θ). This header is the whole core; it needs the standard
// library alone. Opt-in headers: openmp.hpp (threads); npy.hpp, npy_series.hpp, checkpoint.hpp (files); odeint.hpp;
// fftw.hpp; runtime.hpp (what is chosen at run time).
#pragma once

#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/axis.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/initial/distributions.hpp>
#include <kuramoto/initial/frequency_patterns.hpp>
#include <kuramoto/initial/mixtures.hpp>
#include <kuramoto/initial/phase_patterns.hpp>
#include <kuramoto/initial/quantiles.hpp>
#include <kuramoto/initial/random.hpp>
#include <kuramoto/initial/vortex_phases.hpp>
#include <kuramoto/long_runs/phase_wrapping.hpp>
#include <kuramoto/long_runs/rotating_frame.hpp>
#include <kuramoto/math.hpp>
#include <kuramoto/model/bonds.hpp>
#include <kuramoto/model/boundary.hpp>
#include <kuramoto/model/coupling.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/model/laplacian.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/observables/correlation.hpp>
#include <kuramoto/observables/daido.hpp>
#include <kuramoto/observables/effective_frequencies.hpp>
#include <kuramoto/observables/energy.hpp>
#include <kuramoto/observables/frequency_clusters.hpp>
#include <kuramoto/observables/helicity.hpp>
#include <kuramoto/observables/kinetic_temperature.hpp>
#include <kuramoto/observables/local_order_parameter.hpp>
#include <kuramoto/observables/order_parameter.hpp>
#include <kuramoto/observables/phase_moments.hpp>
#include <kuramoto/observables/phase_statistics.hpp>
#include <kuramoto/observables/winding.hpp>
#include <kuramoto/run/advance.hpp>
#include <kuramoto/run/apply.hpp>
#include <kuramoto/run/inertia.hpp>
#include <kuramoto/run/integrate.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/run/phase_space.hpp>
#include <kuramoto/run/rate.hpp>
#include <kuramoto/run/simulation.hpp>
#include <kuramoto/run/stepper_of.hpp>
#include <kuramoto/stepping/baoab.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>
#include <kuramoto/stepping/euler_maruyama.hpp>
#include <kuramoto/stepping/leimkuhler_matthews.hpp>
#include <kuramoto/stepping/runge_kutta.hpp>
#include <kuramoto/stepping/stability.hpp>
#include <kuramoto/version.hpp>

/// Oscillators on a lattice, dθ/dt = ω + K ∇·f(∇θ): grids, models, steppers, algorithms, initial states, observables.
namespace kuramoto {}
