// The command line of kuramoto-simulate: its options, what may be given together, and the one line that says what is
// wrong.
#pragma once

#include "definer.hpp"
#include "descriptors.hpp"
#include "edges.hpp"
#include "flux.hpp"
#include "initial.hpp"
#include "observables.hpp"
#include "options.hpp"
#include "swept.hpp"

#include <processes.hpp>

#include <kuramoto/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

namespace simulate {

constexpr double largest = std::numeric_limits<double>::max();

/// A text option whose text is kept.
inline void file_option(Definer& define, const std::string& name, const std::string& unit, const std::string& initially,
                        const std::string& help, std::string& target) {
    define.text_option(name, unit, initially, help, [&target](const std::string& given) { target = given; });
}

inline void define_lattice(Definer& define, Options& options) {
    define.group("Lattice");
    constexpr auto most = std::numeric_limits<std::ptrdiff_t>::max();
    const std::string extent = "as in the input files, else 100";
    define.number_option<std::ptrdiff_t>(
        "-N", "NUMBER", "see --rows", "Number of rows and of columns of a square lattice; excludes --rows and --cols",
        options.square, 0, most);
    define.number_option<std::ptrdiff_t>("--rows", "NUMBER", extent, "Number of rows", options.rows, 0, most);
    define.number_option<std::ptrdiff_t>("--cols", "NUMBER", extent, "Number of columns", options.cols, 0, most);
    file_option(define, "--theta", "FILE.npy", "see --initial", "Initial phases, rad", options.theta_file);
    define.text_option("--initial", "NAME:NUMBERS", "random",
                       "Named initial phases; excludes --theta. See \"Initial phases\" below: " +
                           list_of(known_patterns),
                       [&options](const std::string& given) { options.initial = parsed_initial(given); });
    define.number_or_file_option("--omega", "1/TIME", "see --frequencies",
                                 "Natural frequencies, rad/time: one per cell, or one for all", options.omega,
                                 -largest);
    define.text_option("--frequencies", "NAME:NUMBERS", "normal:0,1",
                       "Named natural frequencies, rad/time; excludes --omega. See \"Natural frequencies\" below: " +
                           list_of(known_frequencies),
                       [&options](const std::string& given) {
                           options.frequencies = parsed_name("--frequencies", given, known_frequencies);
                       });
    file_option(define, "--mask", "FILE.npy", "no cell is removed",
                "Cells with the value 0 are removed: they have no bonds, the natural frequency 0 and no noise. "
                "Observables leave "
                "them out, and pictures show them grey. Excludes --mean-field",
                options.mask_file);
    define.number_option<std::uint64_t>("--seed", "NUMBER", "1", "Seed of random initial phases, frequencies and noise",
                                        options.seed, 0, std::numeric_limits<std::uint64_t>::max());
}

inline void define_model(Definer& define, Options& options) {
    define.group("Model and time");
    define.number_option<double>("-K", "1/TIME", "2", "Coupling strength", options.K, -largest, largest);
    define.text_option(
        "--coupling", list_of(known_couplings), "sine",
        "The function f of the phase difference d of two neighbours: sin d, d, or A1 sin d + A2 sin 2d + A3 sin 3d; A2 "
        "and A3 may be left out",
        [&options](const std::string& given) { options.coupling = parsed_coupling(given); });
    define.number_option<double>("--lag", "RAD", "0",
                                 "Phase lag a: sin(d - a) in place of sin d, in --coupling sine and in --mean-field",
                                 options.lag, -1e6, 1e6);
    file_option(define, "--bonds-east", "FILE.npy", "all 1",
                "Strengths of the bonds, factors of K: from each cell to the next column. The last column of the file "
                "counts at periodic edges only",
                options.east_file);
    file_option(define, "--bonds-south", "FILE.npy", "all 1",
                "The same from each cell to the next row. The last row of the file counts at periodic edges only",
                options.south_file);
    define.number_option<double>(
        "--mean-field", "1/TIME", "0",
        "Strength M of the mean-field coupling: adds M times the mean of sin(theta_j - theta_i) "
        "over all cells j to d theta_i/dt. The coupling to the neighbours remains; -K 0 switches it off",
        options.mean_field, -largest, largest);
    define.text_option(
        "--boundary", "KIND|SIDE=KIND,...", "zero",
        "Boundary condition of all sides, or of each SIDE: north, south, west, east. KIND is zero (zero "
        "flux: no bond beyond the edge), periodic (only both of two opposite sides), phase:NUMBER (Dirichlet: a "
        "neighbour with this fixed phase) or flux:NUMBER (Neumann: adds K times this number to d theta/dt). A side "
        "that is not named is zero",
        [&options](const std::string& given) { options.boundary = parsed_boundary(given); });
    define.number_or_file_option("--inertia", "TIME", "no inertia",
                                 "Mass m of the cells, one for all or one per cell. See \"Inertia\" below. Needs "
                                 "--damping",
                                 options.mass, std::numeric_limits<double>::min());
    define.number_or_file_option("--damping", "NUMBER", "none; --inertia needs it",
                                 "Damping g of the cells, one for all or one per cell; 0 for none", options.damping,
                                 0.0);
    file_option(define, "--velocity", "FILE.npy", "0", "Initial velocities d theta/dt, rad/time; for --inertia",
                options.velocity_file);
    define.choice_option(
        "--stepper", "the first named of its kind",
        "Method of the time step. Without noise: euler (order 1), heun (order 2) or rk4 (order 4). With noise: "
        "leimkuhler-matthews, or euler-maruyama, which samples too high a temperature unless dt is very small. With "
        "--inertia: velocity-verlet (order 2). With --inertia and noise: baoab",
        options.stepper, {"euler", "heun", "rk4", "leimkuhler-matthews", "euler-maruyama", "velocity-verlet", "baoab"},
        "NAME");
    define.number_or_file_option(
        "--noise", "RAD^2/TIME", "0",
        "Strength D of the Langevin noise, one for all cells or one per cell: over a time t, it adds normal random "
        "numbers with variance 2 D t to the phases. With --inertia, D is one number, the temperature",
        options.noise, 0.0);
    define.number_or_file_option("--temperature", "RAD^2/TIME", "0",
                                 "The same as --noise: D is the temperature, in the units of K", options.temperature,
                                 0.0);
    define.number_option<double>("-T", "TIME", "10", "Time to simulate; must be a whole number of time steps",
                                 options.T, 0.0, largest);
    define.number_option<double>(
        "--dt", "TIME", "0.1",
        "Length of a time step. With --coupling sine it is stable up to 0.25 / abs(K), with rk4 up to 0.348 / abs(K), "
        "with --inertia up to sqrt(m / (2 abs(K)))",
        options.dt, std::numeric_limits<double>::min(), largest);
    define.number_option<std::int64_t>("--steps", "STEPS", "T / dt", "Number of time steps; excludes -T", options.steps,
                                       0, std::numeric_limits<std::int64_t>::max());
    define.flag_option("--allow-unstable", "refused", "Accept a --dt beyond the stability bound",
                       options.allow_unstable);
}

inline void define_work(Definer& define, Options& options) {
    define.group("Computation");
    define.choice_option("--dtype", "as in the input files, else float64", "Precision of phases and frequencies",
                         options.dtype, {"float32", "float64"});
    define.choice_option(
        "--policy", "threads",
        "fused: on one thread; threads: on several threads; openmp: on several threads of OpenMP. All three compute "
        "several time steps in one pass over memory. serial: on one thread, one array operation after the other (slow)",
        options.policy, {"serial", "fused", "openmp", "threads"});
    define.number_option<int>(
        "--threads", "THREADS", "0",
        "Number of threads of --policy threads and openmp. 0: the environment variable OMP_NUM_THREADS, or one per "
        "core that the program may use",
        options.threads, 0, 1024);
    define.group(group_of_ranks);
    file_option(define, "--ranks", "ROWSxCOLS", "chosen: small borders, long rows",
                "How the lattice is cut: numbers of blocks along the columns and along the rows. Their product is the "
                "number of processes; 0 is chosen",
                options.ranks);
}

inline void define_output(Definer& define, Options& options) {
    const std::string none = "not written";
    define.group("Output");
    file_option(define, "--save", "FILE.npy", none,
                "Final phases, rad, not reduced modulo 2 pi. FILE.npy may be -, the standard output",
                options.save_file);
    file_option(define, "--save-velocity", "FILE.npy", none, "Final velocities d theta/dt, rad/time; for --inertia",
                options.save_velocity_file);
    file_option(define, "--picture", "FILE.png", none,
                "Picture of the final phases; --colour chooses another quantity. FILE.png may be -",
                options.picture_file);
    file_option(
        define, "--video", "FILE.mp4|.gif|.webm", none,
        "Video of the run, one picture per frame; made by ffmpeg. Without ffmpeg, numbered pictures in the folder "
        "FILE.frames",
        options.video_file);
    file_option(define, "--plot", "FILE.png|.svg", none, "Plot of the observables against time", options.plot_file);
    file_option(
        define, "--observe", "FILE.csv", none,
        "Table of step, time and observables, one row per frame. FILE.csv may be -. Until the run ends, the file is "
        "called FILE.csv.part",
        options.observe_file);
    file_option(define, "--record", "FILE.npy", none,
                "Phases of all frames, an array of frames x rows x cols. FILE.times.npy has the times of the frames, "
                "FILE.json the parameters of the run. Until the run ends, each of the three has .part behind its name; "
                "NumPy can read them at any moment",
                options.record_file);
    define.text_option("--observables", "NAME,NAME,...", "r", "For --plot and --observe, see \"Observables\" below",
                       [&options](const std::string& given) { options.observables = parsed_observables(given); });
    define.number_option<std::int64_t>(
        "--every", "STEPS", "300 frames, see --seconds",
        "Number of steps from one frame to the next. At each frame --video, --plot, --observe and --record look at the "
        "run. Excludes --seconds",
        options.every, 1, std::numeric_limits<std::int64_t>::max());
    define.number_option<double>("--fps", "1/SECOND", "30", "Frames per second of the video", options.fps, 0.01,
                                 1000.0);
    define.number_option<double>(
        "--seconds", "SECONDS", "10; one frame per step if the run has fewer steps than frames",
        "Length of the video: it has fps x seconds frames, spread evenly over the run. --plot, "
        "--observe and --record look at the same frames, also without a video",
        options.seconds, 0.001, 1e6);
}

inline void define_look(Definer& define, Options& options) {
    define.group("Pictures and videos");
    define.choice_option(
        "--colour", "phase",
        "What the colours show. phase: theta; sine: sin theta; frequency: d theta/dt without noise; effective: the "
        "mean of d theta/dt since the start of the run; local: the local order parameter",
        options.colour, {"phase", "sine", "frequency", "effective", "local"});
    define.text_option("--scale", "N|1/N", "480 to 2160 pixels along the longer side",
                       "N: a cell is N x N pixels; 1/N: a pixel is N x N cells", [&options](const std::string& given) {
                           const bool is_fraction = given.rfind("1/", 0) == 0;
                           const auto number = parsed<int>(is_fraction ? given.substr(2) : given);
                           if (!number || *number < 1 || *number > 1000)
                               throw BadOption("--scale " + given +
                                               ": must be N or 1/N, N a whole number from 1 to 1000");
                           (is_fraction ? options.shrunk : options.enlarged) = number;
                       });
    define.flag_option("--no-legend", "drawn", "Leave out the legend at the right", options.no_legend);
}

inline void define_checkpoints(Definer& define, Options& options) {
    define.group("Long runs");
    file_option(define, "--checkpoint", "FILE", "not written",
                "File from which --resume continues the run. A new checkpoint replaces the old one in one step",
                options.checkpoint_file);
    define.text_option("--checkpoint-every", "STEPS|SECONDSs", "60s",
                       "Time between checkpoints: a number of steps, like 500, or of seconds, like 60s",
                       [&options](const std::string& given) {
                           const bool is_time = given.back() == 's';
                           if (is_time)
                               options.checkpoint_seconds = parsed<double>(given.substr(0, given.size() - 1));
                           else
                               options.checkpoint_steps = parsed<std::int64_t>(given);
                           const bool is_good = is_time ? options.checkpoint_seconds.value_or(-1) >= 0 &&
                                                              std::isfinite(*options.checkpoint_seconds)
                                                        : options.checkpoint_steps.value_or(0) > 0;
                           if (!is_good)
                               throw BadOption("--checkpoint-every " + given +
                                               ": must be a number of steps, like 500, or of seconds, like 60s");
                       });
    file_option(define, "--resume", "FILE", "a new run",
                "Continue the run of a checkpoint up to -T or --steps, which count from step 0. See \"Resume\" below",
                options.resume_file);
    define.flag_option("--quiet", "printed", "Print no progress and no summary", options.quiet);
    define.flag_option("--profile", "not measured", "Print the time of each part of the run", options.profile);
}

inline void define_sweep(Definer& define, Options& options) {
    define.group("Sweeps");
    define.text_option("--sweep", "NAME=RANGE,...", "one run",
                       "Run all combinations of the values of " + list_of_sweep_names() +
                           ", and write one table. RANGE is A:B:N (N numbers from A to B, rounded to 15 digits), A:B "
                           "for the seed (all whole "
                           "numbers), a number, or several of these with commas. See \"Sweeps\" below",
                       [&options](const std::string& given) {
                           options.sweep = parsed_sweep(given);
                           options.sweep_text = given;
                       });
}

[[noreturn]] inline void exclude(const std::string& a, const std::string& b) {
    throw BadOption(a + " and " + b + " exclude each other");
}
[[noreturn]] inline void need(const std::string& a, const std::string& b) { throw BadOption(a + " needs " + b); }

/// Checks the options of inertia, except for those that a resumed run has in its checkpoint.
inline void check_inertia(const Options& options) {
    const bool is_new = options.resume_file.empty();
    const std::string inertia = "--inertia " + options.mass.given();
    if (!is_new && !options.velocity_file.empty())
        exclude("--velocity " + options.velocity_file, "--resume " + options.resume_file);
    if (options.mass.is_given()) {
        if (options.stepper && !is_inertial(*options.stepper))
            throw BadOption(inertia + ": --stepper " + *options.stepper +
                            " has no inertia; velocity-verlet and baoab (with noise) have");
        if (is_new && !options.damping.is_given()) need(inertia, "--damping, which may be 0");
        if (!options.noise.file.empty())
            throw BadOption(options.noise_name + (" " + options.noise.file) +
                            ": with --inertia the temperature is one number; --damping may differ between cells");
    } else if (is_new) {
        if (options.damping.is_given()) need("--damping " + options.damping.given(), "--inertia");
        if (!options.velocity_file.empty()) need("--velocity " + options.velocity_file, "--inertia");
        if (!options.save_velocity_file.empty()) need("--save-velocity " + options.save_velocity_file, "--inertia");
        if (options.stepper && is_inertial(*options.stepper)) need("--stepper " + *options.stepper, "--inertia");
    }
}

inline void check_together(const Options& options) {
    if (options.square && options.rows)
        exclude("-N " + std::to_string(*options.square), "--rows " + std::to_string(*options.rows));
    if (options.square && options.cols)
        exclude("-N " + std::to_string(*options.square), "--cols " + std::to_string(*options.cols));
    if (options.threads != 0 && options.policy != "threads" && options.policy != "openmp")
        throw BadOption("--threads " + std::to_string(options.threads) + ": --policy " + options.policy +
                        " works on one thread");
    if (options.T && options.steps) exclude("-T " + text(*options.T), "--steps " + std::to_string(*options.steps));
    if (options.every && options.seconds)
        exclude("--every " + std::to_string(*options.every), "--seconds " + text(*options.seconds));
    const std::string watching = "--video, --plot, --observe or --record";
    if (options.every && !options.watches()) need("--every " + std::to_string(*options.every), watching);
    if (options.seconds && !options.watches()) need("--seconds " + text(*options.seconds), watching);
    if (options.fps && options.video_file.empty()) need("--fps " + text(*options.fps), "--video");
    if (options.checkpoint_file.empty() && options.checkpoint_steps)
        need("--checkpoint-every " + std::to_string(*options.checkpoint_steps), "--checkpoint");
    if (options.checkpoint_file.empty() && options.checkpoint_seconds)
        need("--checkpoint-every " + text(*options.checkpoint_seconds) + "s", "--checkpoint");
    if (options.mean_field.value_or(0.0) != 0 && !options.mask_file.empty())
        exclude("--mean-field " + text(*options.mean_field), "--mask " + options.mask_file);
    if (options.initial && !options.theta_file.empty()) exclude("--initial", "--theta " + options.theta_file);
    if (options.initial && !options.resume_file.empty()) exclude("--initial", "--resume " + options.resume_file);
    check_inertia(options);
    if (options.noise.is_nonzero() && options.stepper && !is_noisy(*options.stepper))
        throw BadOption(options.noise_name + (" " + options.noise.given()) + ": --stepper " + *options.stepper +
                        (is_inertial(*options.stepper) ? " has no noise; baoab has"
                                                       : " has no noise; leimkuhler-matthews and euler-maruyama have"));
    if (!options.noise.is_given() && options.stepper && is_noisy(*options.stepper) && options.resume_file.empty())
        need("--stepper " + *options.stepper, "--noise");
    if (options.lag.value_or(0.0) != 0 && options.coupling && options.coupling->name != "sine")
        exclude("--lag " + text(*options.lag), "--coupling " + options.coupling->canonical());
    if (options.frequencies) {
        const std::string asked = "--frequencies " + options.frequencies->canonical();
        if (options.omega.is_given()) exclude(asked, "--omega " + options.omega.given());
    }
    if (!options.resume_file.empty() && !options.theta_file.empty())
        exclude("--resume " + options.resume_file, "--theta " + options.theta_file);
}

/// Checks the options of a sweep, except for those of its members. Its table goes to the standard output unless
/// --observe is given.
inline void check_sweep(Options& options) {
    const std::string sweep = "--sweep " + options.sweep_text;
    const auto refuse = [&](const char* option, const std::string& given) {
        if (!given.empty()) exclude(sweep, option + (" " + given));
    };
    refuse("--save", options.save_file);
    refuse("--save-velocity", options.save_velocity_file);
    refuse("--picture", options.picture_file);
    refuse("--video", options.video_file);
    refuse("--plot", options.plot_file);
    refuse("--record", options.record_file);
    refuse("--checkpoint", options.checkpoint_file);
    refuse("--resume", options.resume_file);
    if (options.profile) exclude(sweep, "--profile");
    if (options.observe_file.empty()) options.observe_file = "-";
}

/// The text after the options in the help, in lines of at most 80 columns. Lines of a list begin with a space.
inline std::string footer() {
    std::string text;
    std::vector<const char*> paragraphs = {
        "Example:",
        "  kuramoto-simulate -N 192 -K 2 --omega 0 -T 100 --picture same.png",
        "Inertia: with --inertia, m d^2 theta_i/dt^2 + g d theta_i/dt = omega_i + K times the sum of "
        "f(theta_j - theta_i), plus the mean-field coupling. omega is then a torque. The noise is that of the "
        "temperature D: it needs damping.",
        "Initial phases: in rad; rows count downwards. The numbers shown are the defaults. You may leave out all "
        "numbers, or those at the end of the list.",
        "  random                independent, uniform in [0, 2 pi)",
        "  normal:0,1            independent, normal; mean and standard deviation",
        "  equal:0               one phase",
        "  wave:0,0.1            plane wave, rad from one row or column to the next",
        "  twisted:0,1           plane wave, whole turns over all rows or columns",
        "  vortex:1              a vortex in the middle; its charge (positive: clockwise)",
        "  pair:0                vortices of charge 1 and -1; their distance in cells",
        "                        (0 means a third of the columns)",
        "  target:32             circular waves around the middle; wavelength in cells",
        "  spiral:32,1           spiral waves around the middle; wavelength in cells and",
        "                        number of arms",
        "Natural frequencies: in rad/time. Again, the numbers shown are the defaults.",
        "  normal:0,1            independent, normal; mean and standard deviation",
        "  uniform:-1,1          independent, uniform between two numbers",
        "  lorentzian:0,1        independent, Lorentzian; centre and half width. A third",
        "                        number CUT truncates it to CENTRE - CUT to CENTRE + CUT",
        "  gradient:-1,1         linear from the first to the last column",
        "  halves:-1,1           the western and the eastern half of the columns",
        "  checkerboard:-1,1     cells with an even and an odd row + column",
        "  mixed:-1,1,0.5        each cell has SECOND with probability SHARE, else FIRST",
        "  defect:5,1,0          a disc in the middle; its radius in cells, the frequency",
        "                        inside it and outside",
        "Observables: d theta/dt is without the noise. Removed cells do not count.",
        "  r, psi                order parameter and mean phase: the mean of e^(i theta)",
        "                        is r e^(i psi)",
        "  daido:M               Daido moment: r of the phases times M",
        "  frequency             mean of d theta/dt",
        "  frequency_deviation   standard deviation of d theta/dt",
        "  energy                -K times the sum of cos d over all bonds, each times",
        "                        its strength; only for --coupling sine without --lag",
        "                        and --mean-field",
        "  helicity              helicity modulus: two columns, helicity_rows and",
        "                        helicity_cols, with (K/N) (C - (K/T) S^2) of the frame.",
        "                        C and S are the sums of cos d and sin d over the bonds",
        "                        along the axis. The modulus is the mean of a column.",
        "                        Needs one --temperature T, --omega 0 and --coupling",
        "                        sine, without --lag and --mean-field",
        "  vortices              number of vortices of either charge",
        "  local                 mean of the local order parameter, which is r of the",
        "                        5 x 5 cells around each cell",
        "  length                correlation length in cells",
        "  cluster               share of the cells in the largest frequency cluster. Two",
        "                        neighbours are in one cluster if, since the previous",
        "                        frame, their phases advanced by amounts that differ by",
        "                        at most half a turn. So the share depends on --every.",
        "                        The first frame has no share (nan)",
        "  temperature           kinetic temperature, the mean of m v^2; for --inertia",
        "  roughness             standard deviation W of the phases, rad",
        "  skewness, kurtosis    skewness and excess kurtosis of the phases. These three",
        "                        take phases as numbers, not modulo 2 pi. This program",
        "                        never wraps phases; start from --initial equal, because",
        "                        random phases are rough already",
        "Input files: a FILE.npy is a two-dimensional array of float32 or float64. All of them have the same shape "
        "and precision. Write ./5 for a file whose name is the number 5.",
        "Frames: at step 0, at the steps that --every or --seconds set, and at the last step. Hue of a phase in "
        "pictures: red at 0 and 2 pi, bluish green at pi; grey for NaN and for removed cells.",
        "Reproducibility: random fields and noise depend only on the seed. --policy fused, threads and openmp give "
        "bit-identical results, for any number of threads and any outputs.",
        "Busy machines: --policy threads uses the cores that the affinity mask and the cgroup of the program allow. "
        "Its "
        "threads sleep after some 20 microseconds of waiting. Those of --policy openmp occupy their cores longer; set "
        "the environment variable OMP_WAIT_POLICY=passive if other programs use the cores.",
        "Streams: one of --save, --picture and --observe may be -, the standard output. /dev/stdout and /dev/fd/N "
        "work too. The summary then goes to the standard error. The other outputs need a file. Before the run, the "
        "program tests whether it can write each output.",
        "Signals: Ctrl-C (INT), Ctrl-\\ (QUIT), TERM, HUP, XCPU, USR1, USR2, ALRM and PWR stop the run, unless they "
        "are ignored. The program finishes the step, writes every output and the checkpoint, and prints the command "
        "to resume. A second INT, QUIT or TERM ends it at once. After KILL, the frames of --record and --observe are "
        "in FILE.part, and --checkpoint has the last checkpoint.",
        "Sweeps: a member is the run with one combination of the values, and with all other options as given. The last "
        "name changes fastest. The table has the swept values, step, time and --observables, with the numbers that "
        "this "
        "run alone has. It has one row per member, of the last step; with --every or --seconds, one row per member and "
        "frame. It goes to --observe, or else to the standard output, when all members are done.",
        "  K, D, seed            -K, --noise, --seed",
        "  spread                the second number of --frequencies normal or lorentzian",
        "  omega, lag, dt        --omega, --lag, --dt",
        "  mean-field            --mean-field",
        "  inertia, damping      --inertia, --damping",
        "  Example: kuramoto-simulate -N 32 --sweep K=0.5:2:16,seed=1:64 --observe r.csv",
        "Resume: the result is bit-identical to that of an uninterrupted run. An exception: a change of --policy to "
        "or from serial changes the last digits. The checkpoint holds the whole model, so you need not repeat its "
        "options. If you give such an option with another value, the program stops with an error. These options may "
        "have other values: -T, --steps, --allow-unstable, --policy, --threads, and those of outputs, pictures and "
        "checkpoints. --theta and --initial set the phases at step 0, so they exclude --resume. If the files of "
        "--record and --observe exist, the run continues them; --every must then be the same.",
        "Progress: on the standard error. A terminal shows one line that is updated. A file, or a terminal whose "
        "TERM is dumb or not set, gets plain lines.",
        "Summary: on the standard output: grid, steps, time, seconds, cell-steps per second, and the order parameter "
        "r.",
        "Exit status: 0, success; 1, the run or an output failed; 2, an option or a file is wrong, and nothing was "
        "written; 128+N, signal N stopped the run (130 for Ctrl-C, 143 for TERM)."};
    paragraphs.insert(paragraphs.end(), help_of_processes.begin(), help_of_processes.end());
    for (const char* const paragraph : paragraphs) {
        if (!text.empty()) text += paragraph[0] == ' ' ? "\n" : "\n\n";
        text += wrapped(paragraph, 80);
    }
    return text;
}

/// Throws BadOption for "--name=" without a value: CLI11 would take the next argument as the value.
inline void check_no_value_is_missing(const std::vector<std::string>& words) {
    for (const std::string& word : words)
        if (word.rfind("--", 0) == 0 && word.find('=') == word.size() - 1)
            throw BadOption(word.substr(0, word.size() - 1) + " '': must not be empty");
}

/// The options of the program. They can be read several times, each time from other words.
class CommandLine {
  public:
    CommandLine()
        : app_(wrapped("Simulates oscillators on a square lattice: d theta_i/dt = omega_i + K times the sum of "
                       "f(theta_j - theta_i) over the four neighbours j of cell i. f is the sine by default. Step n "
                       "is at time n dt.",
                       80),
               program_name) {
        app_.footer(footer());
        app_.set_version_flag("--version", std::to_string(kuramoto::version_major) + "." +
                                               std::to_string(kuramoto::version_minor) + "." +
                                               std::to_string(kuramoto::version_patch));
        Definer define(app_);
        define_lattice(define, options_);
        define_model(define, options_);
        define_work(define, options_);
        define_output(define, options_);
        define_look(define, options_);
        define_sweep(define, options_);
        define_checkpoints(define, options_);
    }
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    /// What the words ask for, except for what may be given together. Nothing if they ask for the help or the version,
    /// which is then printed. Throws BadOption.
    std::optional<Options> read(std::vector<std::string> words) {
        options_ = {};
        std::reverse(words.begin(), words.end()); // as CLI11 takes them
        try {
            app_.parse(words);
        } catch (const CLI::Success& asked) {
            if (is_first()) print(asked);
            return std::nullopt;
        } catch (const CLI::Error& error) {
            throw BadOption(error.what());
        }
        return options_;
    }

  private:
    void print(const CLI::Success& asked) {
        app_.exit(asked);
        if (!std::cout.flush() && !was_closed[STDOUT_FILENO])
            throw std::runtime_error("cannot write to the standard output");
    }

    CLI::App app_;
    Options options_; // the options write here
};

/// Throws BadOption for options that are wrong together, and takes --temperature as --noise.
inline void check(Options& options) {
    if (options.noise.is_given() && options.temperature.is_given())
        throw BadOption("--noise and --temperature exclude each other");
    if (options.temperature.is_given()) {
        options.noise = options.temperature;
        options.noise_name = "--temperature";
    }
    check_together(options);
}

/// The words of a command line behind the name of the program.
inline std::vector<std::string> words_of(int argc, char** argv) {
    return std::vector<std::string>(argv + std::min(argc, 1), argv + argc);
}

/// Reads the command line; nothing if it asked for the help or the version, which is then printed. Throws BadOption.
/// Of a sweep, the options of each member are checked later: see SweepMembers.
inline std::optional<Options> parse_options(CommandLine& command_line, const std::vector<std::string>& words) {
    check_no_value_is_missing(words);
    std::optional<Options> options = command_line.read(words);
    if (!options) return options;
    if (options->sweep.empty())
        check(*options);
    else
        check_sweep(*options);
    check_processes(*options);
    return options;
}

} // namespace simulate
