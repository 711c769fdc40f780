// Frames on their way to a video: through a pipe to ffmpeg, or, without ffmpeg, as numbered pictures.
#pragma once

#include "frame.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "picture.hpp"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace simulate {

/// Takes frames, one after the other.
class FrameSink {
  public:
    FrameSink() = default;
    FrameSink(const FrameSink&) = delete;
    FrameSink& operator=(const FrameSink&) = delete;
    virtual ~FrameSink() = default;
    virtual void add(const Frame& frame) = 0;
    /// No more frames: puts the file under its name.
    virtual void finish() = 0;
};

/// Drops the frames: those of the other processes, which have none.
class NoFrames : public FrameSink {
  public:
    void add(const Frame& /*frame*/) override {}
    void finish() override {}
};

/// The suffix of a file's name, with its dot.
inline std::string suffix_of(const std::string& name) { return std::filesystem::path(name).extension().string(); }

/// How ffmpeg encodes; nothing for a suffix that is not ours.
inline std::vector<std::string> encoding_of(const std::string& suffix) {
    if (suffix == ".mp4") // 4:2:0 and the index in front, as browsers want it
        return {"-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"};
    if (suffix == ".webm")
        return {"-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-row-mt", "1", "-pix_fmt", "yuv420p", "-f", "webm"};
    if (suffix == ".gif") // a palette a frame: one for all would keep all frames in memory
        return {"-filter_complex", "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=none",
                "-f", "gif"};
    return {};
}

/// The path of a program, or nothing.
inline std::string program_named(const std::string& name) {
    const char* const path = std::getenv("PATH");
    const std::string folders = path != nullptr ? path : "";
    for (std::size_t begin = 0; begin <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', begin), folders.size());
        const std::string candidate = folders.substr(begin, end - begin) + "/" + name;
        std::error_code error;
        if (end > begin && std::filesystem::is_regular_file(candidate, error) && ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
        begin = end + 1;
    }
    return {};
}

/// A child process that reads from a pipe. Signals that stop the run do not end it. It has a process group of its own,
/// so Ctrl-C does not reach it. It blocks the signals that are sent to all processes of a job.
class Pipe {
  public:
    Pipe(const std::string& program, const std::vector<std::string>& arguments) : said_(unnamed_file()) {
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "cannot open a pipe to " + program);
        input_ = ends[1];
        const int code = spawn(program, arguments, ends[0]);
        ::close(ends[0]);
        if (code == 0) return;
        ::close(input_);
        throw std::system_error(code, std::generic_category(), "cannot start " + program);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            wait();
        }
    }

    /// Whether the program took it all.
    bool write(const std::uint8_t* from, std::size_t bytes) {
        while (bytes > 0) {
            const ssize_t written = ::write(input_, from, bytes);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return false;
            from += written;
            bytes -= static_cast<std::size_t>(written);
        }
        return true;
    }

    /// Closes the pipe; returns whether the program ended well. False if it was waited for already.
    bool wait() {
        if (process_ <= 0) return false;
        if (input_ >= 0) ::close(input_);
        input_ = -1;
        int status = 0;
        pid_t ended = -1;
        do ended = ::waitpid(process_, &status, 0);
        while (ended < 0 && errno == EINTR);
        const bool is_known = ended == std::exchange(process_, 0);
        return is_known && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

    /// The last line that the program printed; empty if its output is not recorded.
    [[nodiscard]] std::string last_words() const {
        std::string last;
        if (!said_) return last;
        char line[400];
        std::rewind(said_.get());
        while (std::fgets(line, sizeof line, said_.get()) != nullptr) {
            std::string text = line;
            while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
            if (!text.empty()) last = text;
        }
        return last;
    }

  private:
    int spawn(const std::string& program, const std::vector<std::string>& arguments, int output_of_pipe) {
        std::vector<std::string> words{program};
        words.insert(words.end(), arguments.begin(), arguments.end());
        std::vector<char*> pointers;
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, output_of_pipe, STDIN_FILENO);
        if (said_)
            for (const int output : {STDOUT_FILENO, STDERR_FILENO})
                posix_spawn_file_actions_adddup2(&actions, ::fileno(said_.get()), output);
        else // it inherits the standard error
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        sigset_t defaults;
        sigemptyset(&defaults);
        for (const int signal : {SIGPIPE, SIGXFSZ}) sigaddset(&defaults, signal);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        const sigset_t blocked = signals_kept_from_children();
        posix_spawnattr_setsigmask(&attributes, &blocked);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        const int code = ::posix_spawn(&process_, program.c_str(), &actions, &attributes, pointers.data(), environ);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
        return code;
    }

    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    using Stream = std::unique_ptr<std::FILE, Close>;

    /// A file without a name: in memory, else on the disk, else null. A video can do without it.
    static Stream unnamed_file() {
        const int descriptor = ::memfd_create("kuramoto-simulate", MFD_CLOEXEC);
        if (descriptor < 0) return Stream(std::tmpfile());
        Stream file(::fdopen(descriptor, "w+"));
        if (!file) ::close(descriptor);
        return file;
    }

    Stream said_; // the output of the program, or null
    int input_ = -1;
    pid_t process_ = 0;
};

/// A video by ffmpeg, written beside its name.
class Video : public FrameSink {
  public:
    Video(const std::string& ffmpeg, const std::string& name, const Layout& layout, double fps)
        : file_(name), pipe_(ffmpeg, arguments(file_.temporary(), suffix_of(name), layout, fps)) {}

    void add(const Frame& frame) override {
        if (!pipe_.write(frame.bytes.data(), frame.bytes.size())) fail();
    }
    void finish() override {
        if (!pipe_.wait()) fail();
        std::error_code error;
        if (std::filesystem::file_size(file_.temporary(), error) == 0 || error) fail(" and has written nothing");
        file_.commit();
    }

  private:
    static std::vector<std::string> arguments(const std::string& to, const std::string& suffix, const Layout& layout,
                                              double fps) {
        std::vector<std::string> words = {"-hide_banner", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"};
        const std::string size = std::to_string(layout.cols) + "x" + std::to_string(layout.rows);
        for (const std::string& word : {std::string("-s"), size, std::string("-r"), text(fps), std::string("-i"),
                                        std::string("pipe:0"), std::string("-an")})
            words.push_back(word);
        for (const std::string& word : encoding_of(suffix)) words.push_back(word);
        words.insert(words.end(), {"-y", "file:" + to});
        return words;
    }

    [[noreturn]] void fail(const std::string& what = "") {
        pipe_.wait();
        const std::string words = pipe_.last_words();
        file_.fail("ffmpeg has ended" + what + (words.empty() ? "" : ": " + words));
    }

    NewFile file_;
    Pipe pipe_;
};

/// PNGs numbered from 0 in a folder of their own.
class NumberedPictures : public FrameSink {
  public:
    explicit NumberedPictures(const std::string& folder) : folder_(folder) {
        std::error_code error;
        std::filesystem::create_directory(folder, error);
        if (error) throw std::runtime_error("cannot create the folder '" + folder + "': " + error.message());
    }
    void add(const Frame& frame) override {
        char name[32];
        std::snprintf(name, sizeof name, "%06lld.png", static_cast<long long>(number_++));
        write_picture((folder_ / name).string(), frame);
    }
    void finish() override {}

  private:
    std::filesystem::path folder_;
    std::int64_t number_ = 0;
};

/// The folder of the pictures that take the place of a video.
inline std::string folder_of_pictures(const std::string& video) { return video + ".frames"; }

/// Throws BadOption unless the name says a format that is written here, and pictures in its place have one.
inline void check_video(const std::string& name, const std::string& ffmpeg) {
    if (name.empty()) return;
    const auto refuse = [&](const std::string& why) { throw BadOption("--video " + name + ": " + why); };
    if (encoding_of(suffix_of(name)).empty()) refuse("its name must end with .mp4, .gif or .webm");
    std::error_code error;
    if (ffmpeg.empty() && std::filesystem::exists(std::filesystem::symlink_status(folder_of_pictures(name), error)))
        refuse("there is no ffmpeg, and '" + folder_of_pictures(name) + "', the folder for its pictures, exists");
}

/// Where the frames go; says so if that is not a video.
inline std::unique_ptr<FrameSink> sink_for(const std::string& name, const std::string& ffmpeg, const Layout& layout,
                                           double fps) {
    if (!ffmpeg.empty()) return std::make_unique<Video>(ffmpeg, name, layout, fps);
    const std::string folder = folder_of_pictures(name);
    std::fprintf(stderr, "%s: --video %s: there is no ffmpeg; writing numbered pictures to %s\n", program_name,
                 printable(name).c_str(), printable(folder).c_str());
    return std::make_unique<NumberedPictures>(folder);
}

} // namespace simulate
