// kuramoto: oscillators on a lattice, dθ/dt = ω + K ∇·f(∇θ). This header is the whole core; it needs the standard
// library alone. Opt-in headers: openmp.hpp (threads); npy.hpp, npy_series.hpp, checkpoint.hpp (files); odeint.hpp.
#pragma once

#include <kuramoto/initial/patterns.hpp>
#include <kuramoto/initial/random.hpp>
#include <kuramoto/long_runs/phase_wrapping.hpp>
#include <kuramoto/long_runs/rotating_frame.hpp>
#include <kuramoto/model/bonds.hpp>
#include <kuramoto/model/boundary.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/observables/correlation.hpp>
#include <kuramoto/observables/energy.hpp>
#include <kuramoto/observables/frequency_clusters.hpp>
#include <kuramoto/observables/local_order_parameter.hpp>
#include <kuramoto/observables/order_parameter.hpp>
#include <kuramoto/observables/phase_statistics.hpp>
#include <kuramoto/observables/vortices.hpp>
#include <kuramoto/run/advance.hpp>
#include <kuramoto/run/simulation.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>
#include <kuramoto/version.hpp>
