// One lattice on many processes, with MPI. Opt-in: not part of kuramoto.hpp.
#pragma once

#include <kuramoto/mpi/bond_observables.hpp>
#include <kuramoto/mpi/bonds.hpp>
#include <kuramoto/mpi/checkpoint.hpp>
#include <kuramoto/mpi/correlation.hpp>
#include <kuramoto/mpi/decomposition.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/mpi/frequency_clusters.hpp>
#include <kuramoto/mpi/initial_frequencies.hpp>
#include <kuramoto/mpi/initial_phases.hpp>
#include <kuramoto/mpi/local_order_parameter.hpp>
#include <kuramoto/mpi/long_runs.hpp>
#include <kuramoto/mpi/masks.hpp>
#include <kuramoto/mpi/npy.hpp>
#include <kuramoto/mpi/npy_series.hpp>
#include <kuramoto/mpi/observables.hpp>
#include <kuramoto/mpi/run.hpp>
#include <kuramoto/mpi/simulation.hpp>
#include <kuramoto/mpi/stability.hpp>
#include <kuramoto/mpi/winding.hpp>
