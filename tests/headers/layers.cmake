# Who may include whom; the one place where that is written. From the bottom to the top.
#
# kuramoto_layer(<name> MAY_USE <lower layers> HEADERS <headers>): a header may include the headers of the layers
# named, and those that stand before it in its own layer. So there are no cycles.

kuramoto_layer(foundation HEADERS version detail/config detail/errors detail/sealed detail/environment detail/buffer
                                  detail/caches detail/philox detail/share detail/rounded)
kuramoto_layer(data MAY_USE foundation HEADERS grid field boundary detail/visit_cells detail/overlap detail/checks bonds vortex)
kuramoto_layer(lanes MAY_USE foundation data HEADERS isa detail/lanes detail/primitives detail/sine math)

# Pure description: knows neither kernels nor policies.
kuramoto_layer(parameters MAY_USE foundation data lanes HEADERS coupling laplacian steppers)

# The seam: knows neither what is computed nor how a grid is cut.
kuramoto_layer(execution MAY_USE foundation lanes HEADERS execution detail/shares openmp)

# One row, one tile, the cutting into tiles: knows neither models nor policies.
kuramoto_layer(kernels MAY_USE foundation data lanes HEADERS detail/row_kernel detail/tile detail/field_rows
                                                             detail/ghosts detail/gauss detail/noise
                                                             detail/tile_pipeline detail/tiling
                                                             detail/array_passes detail/phasor_kernel
                                                             detail/product_kernel detail/cell_kernel
                                                             detail/mean_kernel detail/plaquette_kernel)

# Check every argument, then hand tasks to a policy.
kuramoto_layer(algorithms MAY_USE foundation data lanes parameters execution kernels HEADERS detail/tiled detail/blocks
                                                                                             detail/error_norm
                                                                                             algorithm
                                                                                             detail/phasor_field
                                                                                             observables energy
                                                                                             local_order correlation
                                                                                             phase_statistics
                                                                                             frequency_clusters vortices
                                                                                             dormand_prince all_to_all inertia)

# Where fields come from and go to.
kuramoto_layer(fields MAY_USE foundation data lanes execution HEADERS detail/filling initial patterns
                                                                        detail/file_calls detail/file detail/kept_files
                                                                        detail/output_file detail/growing_file
                                                                        detail/cells detail/checksum detail/npy_header
                                                                        npy npy_series checkpoint
                                                                        turns rotating_frame)

# What a user does with all of it.
kuramoto_layer(applications MAY_USE foundation data parameters execution algorithms HEADERS simulation odeint)
kuramoto_layer(umbrella MAY_USE foundation data lanes parameters execution algorithms fields applications HEADERS kuramoto)

# Public headers that kuramoto.hpp does not include; whoever needs one says so.
set(opt_in_headers openmp npy npy_series checkpoint odeint)

# Headers that need more than the standard library, and what they may include of it.
set(foreign_includes_of_odeint "boost/")
