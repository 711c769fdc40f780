// Checks before a run: whether its outputs can be written, during the run and at its end.
#pragma once

#include "interrupt.hpp"
#include "picture.hpp"
#include "plot.hpp"
#include "record.hpp"
#include "run.hpp"
#include "schedule.hpp"
#include "stream.hpp"
#include "video.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace simulate {

/// An output: the option, the name of the file (empty if the option is not given), and how it is written.
struct Output {
    enum class Kind { file, binary_stream, text_stream };
    std::string option;
    std::string name;
    Kind kind = Kind::file; ///< whether it can also be a stream
    std::string suffix;     ///< of the name during the run
};

/// All outputs of a run.
inline std::vector<Output> outputs_of(const Options& options, bool has_ffmpeg) {
    using Kind = Output::Kind;
    std::vector<Output> outputs = {{"--save", options.save_file, Kind::binary_stream, ""},
                                   {"--save-velocity", options.save_velocity_file, Kind::binary_stream, ""},
                                   {"--picture", options.picture_file, Kind::binary_stream, ""},
                                   {"--video", options.video_file, Kind::file, has_ffmpeg ? "" : ".frames"},
                                   {"--plot", options.plot_file, Kind::file, ""},
                                   {"--record", options.record_file, Kind::file, ".part"},
                                   {"--checkpoint", options.checkpoint_file, Kind::file, ""},
                                   {"--observe", options.observe_file, Kind::text_stream, ".part"}};
    if (!options.record_file.empty())
        for (const std::string& name : {times_name(options.record_file), parameters_name(options.record_file)})
            outputs.push_back({"--record", name, Kind::file, ".part"});
    return outputs;
}

/// Whether a folder with the sticky bit, such as /tmp, keeps this process from replacing a file. In such a folder only
/// the owner of the file, the owner of the folder and the superuser may replace it.
inline bool is_kept_by_folder(const std::filesystem::path& folder, const std::filesystem::path& file) {
    struct stat where{};
    struct stat what{};
    const uid_t user = ::geteuid();
    return ::stat(folder.c_str(), &where) == 0 && ::stat(file.c_str(), &what) == 0 && (where.st_mode & S_ISVTX) != 0 &&
           user != 0 && user != where.st_uid && user != what.st_uid;
}

/// Throws BadOption unless a file of this name can be created, or is a regular file that can be replaced. Creates a
/// temporary file beside it, as the writer does, writes one byte and removes it. That detects read-only and full file
/// systems, and quotas.
inline void check_file(const Output& output) {
    namespace fs = std::filesystem;
    const auto refuse = [&](const std::string& why) {
        throw BadOption(output.option + " " + output.name + ": " + why);
    };
    const fs::path path = followed(output.name);
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::error_code error;
    if (!path.has_filename()) refuse("it is a folder");
    if (!fs::exists(folder, error)) refuse("there is no folder " + folder.string());
    if (!fs::is_directory(folder, error)) refuse(folder.string() + " is not a folder");
    const std::string last = path.filename().string() + output.suffix;
    const long longest = ::pathconf(folder.c_str(), _PC_NAME_MAX);
    if (longest > 0 && last.size() > static_cast<std::size_t>(longest)) refuse("its name is too long");
    if (is_kept_by_folder(folder, path))
        refuse("it belongs to another user, and in its folder only the owner can replace it");
    const StopSignalsBlocked blocked; // otherwise the temporary file could stay
    naming(output.option, [&] { NewFile(output.name).write("", 1); });
}

/// Throws BadOption unless the output can be written, as far as that is known before the run.
inline void check_output(const Output& output) {
    if (output.name.empty()) return;
    const std::optional<int> descriptor = descriptor_named(output.name);
    if (!descriptor) return check_file(output);
    if (output.kind == Output::Kind::file)
        throw BadOption(output.option + " " + output.name + ": it can only be a file with a name, not a stream" +
                        (output.name == "-" ? "; a file of that name is ./-" : ""));
    check_stream(output.option, output.name, *descriptor, output.kind == Output::Kind::text_stream);
}

/// Whether a name, of a file or of a descriptor, refers to the same file or stream as `descriptor`.
inline bool is_file_of(const std::string& name, int descriptor) {
    if (const auto own = descriptor_named(name)) return is_same_stream(*own, descriptor);
    struct stat file{};
    struct stat stream{};
    return ::stat(name.c_str(), &file) == 0 && ::fstat(descriptor, &stream) == 0 && file.st_dev == stream.st_dev &&
           file.st_ino == stream.st_ino;
}

inline bool are_same(const std::string& a, const std::string& b) {
    if (const auto descriptor = descriptor_named(a)) return is_file_of(b, *descriptor);
    if (const auto descriptor = descriptor_named(b)) return is_file_of(a, *descriptor);
    const auto place = [](const std::string& name) {
        std::error_code error;
        return std::filesystem::weakly_canonical(std::filesystem::absolute(followed(name), error), error);
    };
    return place(a) == place(b);
}

/// The names that an output has: at the end, and during the run if it has another one then.
inline std::vector<std::string> names_of(const Output& output) {
    if (output.suffix.empty() || descriptor_named(output.name)) return {output.name};
    return {output.name, followed(output.name).string() + output.suffix};
}

/// Throws BadOption if the two outputs are the same file, at the end or during the run.
inline void check_different(const Output& a, const Output& b) {
    for (const std::string& name : names_of(a))
        for (const std::string& other : names_of(b)) {
            if (!are_same(name, other)) continue;
            const bool is_at_the_end = name == a.name && other == b.name;
            throw BadOption(a.option + " " + a.name + " and " + b.option + " " + b.name + " are the same file" +
                            (is_at_the_end ? "" : " during the run: '" + name + "'"));
        }
}

/// Throws BadOption if two outputs are the same file, or if an output would replace the file to which the summary or
/// the messages are redirected.
inline void check_different(const std::vector<Output>& outputs, bool is_quiet) {
    for (std::size_t a = 0; a < outputs.size(); ++a) {
        if (outputs[a].name.empty()) continue;
        const std::string first = outputs[a].option + " " + outputs[a].name;
        for (std::size_t b = a + 1; b < outputs.size(); ++b)
            if (!outputs[b].name.empty()) check_different(outputs[a], outputs[b]);
        if (descriptor_named(outputs[a].name)) continue;
        if (!is_quiet && is_file_of(outputs[a].name, STDOUT_FILENO))
            throw BadOption(first + ": the summary on the standard output goes to this file; see --quiet");
        if (is_file_of(outputs[a].name, STDERR_FILENO))
            throw BadOption(first + ": the standard error goes to this file");
    }
}

/// A large output, and the bytes that it needs at most.
struct LargeFile {
    std::string option;
    std::string name;
    double bytes = 0; ///< an old file needs its room until the new one replaces it
};

/// The device of a file that may not exist yet, and its free bytes; nothing if the system does not say.
inline std::optional<std::pair<dev_t, double>> free_bytes(const std::string& name) {
    std::filesystem::path folder = followed(name).parent_path();
    if (folder.empty()) folder = ".";
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(folder, error);
    struct stat entry{};
    if (error || space.capacity == 0 || ::stat(folder.c_str(), &entry) != 0) return std::nullopt; // some report 0
    return std::pair(entry.st_dev, static_cast<double>(space.available));
}

inline std::string gigabytes(double bytes) {
    char number[32];
    std::snprintf(number, sizeof number, "%.4g GB", bytes / 1e9);
    return number;
}

/// Throws BadOption if the disk has no room for all of these files.
inline void check_room(const std::vector<LargeFile>& files) {
    std::map<dev_t, std::pair<double, std::string>> needs; // per device: bytes, and the outputs
    for (const LargeFile& large : files) {
        if (large.name.empty() || descriptor_named(large.name)) continue;
        const auto found = free_bytes(large.name);
        if (!found) continue;
        auto& [bytes, outputs] = needs[found->first];
        bytes += large.bytes;
        outputs += (outputs.empty() ? "" : ", ") + large.option + " " + large.name;
        if (bytes > found->second)
            throw BadOption(outputs + ": it takes " + gigabytes(bytes) + ", but " + gigabytes(found->second) +
                            " are free");
    }
}

/// Throws BadOption if there is no room for the large outputs.
inline void check_spaces(const Options& options, const Run& run, const FrameTimes& times) {
    const double field = run.cells() * (run.is_float32 ? 4 : 8);
    const bool is_resumed = !options.resume_file.empty();
    const std::int64_t frames = times.frames() - (is_resumed ? times.frames_until(run.step) : 0);
    const double record = static_cast<double>(frames) * (field + 8); // and their times
    const int fields = 1 + (run.omega ? 0 : 1) + (run.noise ? 0 : 1) + (run.has_mask ? 1 : 0) +
                       (run.has_bonds ? 2 : 0) + (run.has_inertia ? 1 + (run.mass ? 0 : 1) + (run.damping ? 0 : 1) : 0);
    const double checkpoint = fields * field;
    check_room({{"--record", options.record_file, record},
                {"--save", options.save_file, field},
                {"--save-velocity", options.save_velocity_file, field},
                {"--checkpoint", options.checkpoint_file, 2 * checkpoint}});
}

/// Throws BadOption if there is no picture of the lattice, or one with too many pixels.
inline void check_pixels(const std::string& option, const std::string& name, const Options& options, const Run& run) {
    if (name.empty()) return;
    if (run.rows == 0 || run.cols == 0)
        throw BadOption(option + " " + name + ": cannot make a picture of " + std::to_string(run.rows) + " x " +
                        std::to_string(run.cols) + " cells");
    const bool is_video = option == "--video";
    check_frame(option + " " + name, layout_of(options, run.rows, run.cols, is_video), is_video ? 16000 : 1000000);
}

/// Throws BadOption unless the record that a resumed run continues has the frames of this schedule. The frames do not
/// say at which steps they were taken; the checkpoint does.
inline void check_frames(const Options& options, const Run& run, const FrameTimes& times) {
    const auto refuse = [&](const std::string& why) {
        throw BadOption("--record " + options.record_file + ": " + why +
                        "; give another name, or the same --every or --seconds");
    };
    if (!run.recorded) refuse("the run of --resume " + options.resume_file + " had no record");
    if (!times.begins(*run.recorded, run.step))
        refuse("its frames are " + run.recorded->name() + ", but this run takes " + times.name());
}

/// Throws BadOption if an output cannot be written, as far as that is known before the run.
inline void check_outputs(const Options& options, const std::string& ffmpeg, const Run& run, const FrameTimes& times) {
    const std::vector<Output> outputs = outputs_of(options, !ffmpeg.empty());
    for (const Output& output : outputs) check_output(output);
    check_different(outputs, options.quiet);
    check_video(options.video_file, ffmpeg);
    if (!options.plot_file.empty() && !Plot::is_png(options.plot_file) && !Plot::is_svg(options.plot_file))
        throw BadOption("--plot " + options.plot_file + ": its name must end with .png or .svg");
    check_pixels("--picture", options.picture_file, options, run);
    check_pixels("--video", options.video_file, options, run);
    const bool is_resumed = !options.resume_file.empty();
    for (const Output& output : outputs)
        if (!is_resumed && !output.name.empty() && output.suffix == ".part" && is_left(output.name))
            throw BadOption(output.option + " " + output.name + ": there is a '" + GrowingFile::part_of(output.name) +
                            "' of an interrupted run; move it, or continue that run with --resume");
    if (is_resumed && !options.record_file.empty() && can_go_on(options.record_file)) check_frames(options, run, times);
    for (const Output& output : outputs)
        if (is_resumed && (output.option == "--video" || output.option == "--plot") && !output.name.empty() &&
            std::filesystem::exists(output.name))
            throw BadOption(output.option + " " + output.name + ": it exists, and may show the time before " +
                            options.resume_file + "; give another name");
}

/// Whether one of the outputs goes to the standard output. Then nothing else is printed there.
inline bool has_output_on_stdout(const Options& options) {
    for (const Output& output : outputs_of(options, true))
        if (!output.name.empty() && descriptor_named(output.name) && is_file_of(output.name, STDOUT_FILENO))
            return true;
    return false;
}

} // namespace simulate
