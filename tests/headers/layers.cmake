# Who may include whom; the one place where that is written. From the bottom to the top.
#
# kuramoto_layer(<name> MAY_USE <lower layers> HEADERS <headers>): a header may include the headers of the layers
# named, and those that stand before it in its own layer. So there are no cycles.

kuramoto_layer(foundation HEADERS
    version
    detail/build/config detail/build/errors
    detail/arithmetic/sealed detail/arithmetic/environment detail/arithmetic/rounded detail/arithmetic/fixed_point
    detail/memory/huge_pages detail/memory/buffer detail/memory/cell_sets detail/memory/caches
    detail/parallel/partition detail/parallel/place detail/parallel/pause
    detail/random/philox)
kuramoto_layer(data MAY_USE foundation HEADERS
    grid/axis grid/vortex grid/grid grid/field grid/mask
    model/boundary
    detail/memory/logical_order detail/memory/overlap
    detail/build/checks
    model/bonds)
kuramoto_layer(lanes MAY_USE foundation data HEADERS
    execution/isa
    detail/simd/lanes detail/simd/primitives detail/simd/twice detail/simd/dispatch detail/simd/has_kernels detail/simd/sine detail/simd/lane_sums
    math)

# Pure description: knows neither kernels nor policies.
kuramoto_layer(description MAY_USE foundation data lanes HEADERS
    model/coupling model/laplacian model/number_or_field model/model model/mean_field model/inertia
    stepping/runge_kutta stepping/noisy_stepper stepping/euler_maruyama stepping/leimkuhler_matthews stepping/baoab stepping/dormand_prince stepping/stability)

# The seam: knows neither what is computed nor how a grid is cut.
kuramoto_layer(execution MAY_USE foundation lanes HEADERS
    execution/policy
    detail/parallel/part_queue detail/parallel/workers
    detail/parallel/available_processors detail/parallel/processor_of_thread detail/parallel/thread_pool
    openmp threads)

# One row, one tile, the cutting into tiles: knows neither models nor policies.
kuramoto_layer(kernels MAY_USE foundation data lanes HEADERS
    detail/kernels/inertial_step
    detail/kernels/row detail/kernels/ensemble_row detail/kernels/stages detail/kernels/array_passes detail/kernels/coupling_kernels detail/kernels/ensemble_kernels detail/kernels/cell
    detail/kernels/phasor detail/kernels/mean_phasor detail/kernels/number_sum detail/kernels/difference_cosine
    detail/kernels/plaquette detail/kernels/multiple_phasor
    detail/tiling/tile detail/tiling/schedule detail/tiling/storage detail/tiling/plan detail/tiling/tile_progress
    detail/tiling/rows detail/tiling/halo detail/tiling/field_rows detail/tiling/input_rows detail/tiling/edges
    detail/random/gauss detail/random/noise
    detail/tiling/sweep detail/tiling/noise_rows detail/tiling/velocity_rows detail/tiling/rows_ahead detail/tiling/pipeline
    detail/tiling/small_lattice)

# Sums over cells: know the workers of a policy, and not what is added.
kuramoto_layer(sums MAY_USE foundation data execution HEADERS
    detail/parallel/order_free_sum detail/parallel/present_cells)

# Check every argument, then hand tasks to a policy.
kuramoto_layer(algorithms MAY_USE foundation data lanes description execution kernels sums HEADERS
    detail/tiling/run_memory detail/tiling/sweeps_in_step detail/tiling/tile_run detail/tiling/run
    detail/parallel/cell_blocks detail/parallel/phasor_field detail/parallel/next_cells detail/parallel/row_bonds detail/parallel/scattered_bonds
    detail/arithmetic/error_norm
    detail/run/lattice_sweep detail/run/passes detail/run/stepper_factors detail/run/rate
    run/apply run/rate run/advance
    detail/run/dormand_prince
    run/integrate
    detail/run/mean_field
    run/mean_field
    detail/run/inertial_factors detail/run/inertia detail/run/acceleration
    run/inertia run/phase_space
    observables/order_parameter observables/energy observables/local_order_parameter observables/correlation
    observables/phase_statistics observables/effective_frequencies observables/frequency_clusters observables/winding
    observables/helicity observables/daido observables/phase_moments observables/kinetic_temperature
    fftw)

# Where fields come from and go to.
kuramoto_layer(fields MAY_USE foundation data lanes execution kernels sums HEADERS
    detail/initial/fill
    detail/initial/pattern
    initial/distributions detail/initial/distribution_values detail/initial/shuffle
    initial/random initial/quantiles initial/mixtures
    initial/phase_patterns initial/vortex_phases initial/frequency_patterns
    detail/io/system_calls detail/io/input_file detail/io/kept_files detail/io/output_file detail/io/growing_file
    detail/io/cells detail/io/checksum detail/io/checksum_parts detail/io/little_endian detail/io/checksummed detail/io/npy_header
    detail/io/record detail/io/checkpoint_head
    npy npy_series checkpoint
    long_runs/phase_wrapping long_runs/rotating_frame)

# What a user does with all of it.
kuramoto_layer(applications MAY_USE foundation data description execution algorithms HEADERS
    detail/run/own_model detail/run/progress detail/run/check_model
    run/stepper_of run/simulation
    odeint)
# Many small lattices: groups of them in place of tiles.
kuramoto_layer(ensembles MAY_USE foundation data lanes description execution kernels algorithms applications HEADERS
    ensemble/ensemble
    detail/ensemble/member detail/ensemble/group detail/ensemble/each_member
    ensemble/for_each_member ensemble/advance ensemble/mean_field ensemble/inertia ensemble/integrate ensemble/observed
    ensemble)
# What is chosen at run time becomes types here, for programs and other languages.
kuramoto_layer(choices MAY_USE foundation data lanes description execution kernels algorithms ensembles HEADERS
    runtime/names runtime/any_policy runtime/any_coupling
    runtime/couplings runtime/policies runtime/steppers runtime/models
    runtime/algorithms
    runtime runtime/compiled_elsewhere
    runtime/ensemble/coupling detail/ensemble/choices
    runtime/ensemble/advance runtime/ensemble/integrate runtime/ensemble/observed
    runtime/ensembles runtime/ensembles_compiled_elsewhere)
# One lattice on many processes: the algorithms as they are, under a policy that spans the processes.
kuramoto_layer(processes MAY_USE foundation data lanes description execution kernels sums algorithms fields applications choices HEADERS
    detail/mpi/api detail/mpi/datatype detail/mpi/agreement mpi/network detail/mpi/network
    mpi/decomposition mpi/field
    detail/mpi/lists detail/mpi/window detail/mpi/collected_cells detail/mpi/next_cells
    detail/mpi/neighbours detail/mpi/ghosts detail/mpi/rank_policy
    detail/mpi/stability mpi/stability
    mpi/run mpi/simulation
    detail/mpi/file_pieces detail/mpi/shared_file detail/mpi/shared_output detail/mpi/shared_checksum
    mpi/npy mpi/npy_series mpi/checkpoint
    detail/mpi/fill mpi/initial_phases mpi/initial_frequencies
    mpi/masks mpi/observables
    detail/mpi/vortices mpi/bond_observables
    detail/mpi/phases_of_cells mpi/winding
    mpi/correlation mpi/local_order_parameter
    detail/mpi/clusters mpi/frequency_clusters
    mpi/long_runs
    mpi/bonds
    mpi
    mpi/runtime mpi/runtime_compiled_elsewhere)
kuramoto_layer(umbrella MAY_USE foundation data lanes description execution algorithms fields applications HEADERS
    kuramoto)

# Public headers that kuramoto.hpp does not include; whoever needs one says so.
set(opt_in_headers openmp threads npy npy_series checkpoint odeint fftw ${headers_of_ensembles} ${headers_of_processes}
    runtime runtime/names runtime/any_policy runtime/any_coupling runtime/couplings runtime/policies runtime/steppers
    runtime/models runtime/algorithms runtime/compiled_elsewhere
    runtime/ensemble/coupling detail/ensemble/choices
    runtime/ensemble/advance runtime/ensemble/integrate runtime/ensemble/observed
    runtime/ensembles runtime/ensembles_compiled_elsewhere)

# Headers that need more than the standard library, and what they may include of it.
set(foreign_includes_of_odeint "boost/")
set(foreign_includes_of_fftw "fftw3\\.h")
set(foreign_includes_of_detail/mpi/api "mpi\\.h")
