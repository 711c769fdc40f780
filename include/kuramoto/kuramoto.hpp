// kuramoto: oscillators on a lattice, dθ/dt = ω + K ∇·f(∇θ). This header is the whole core; it needs the standard
// library alone. Opt-in headers: openmp.hpp (threads); npy.hpp, npy_series.hpp, checkpoint.hpp (files); odeint.hpp.
#pragma once

#include <kuramoto/algorithm.hpp>
#include <kuramoto/all_to_all.hpp>
#include <kuramoto/bonds.hpp>
#include <kuramoto/boundary.hpp>
#include <kuramoto/correlation.hpp>
#include <kuramoto/dormand_prince.hpp>
#include <kuramoto/energy.hpp>
#include <kuramoto/frequency_clusters.hpp>
#include <kuramoto/inertia.hpp>
#include <kuramoto/initial.hpp>
#include <kuramoto/local_order.hpp>
#include <kuramoto/observables.hpp>
#include <kuramoto/patterns.hpp>
#include <kuramoto/phase_statistics.hpp>
#include <kuramoto/rotating_frame.hpp>
#include <kuramoto/simulation.hpp>
#include <kuramoto/turns.hpp>
#include <kuramoto/version.hpp>
#include <kuramoto/vortices.hpp>
