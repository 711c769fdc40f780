// The progress of a run: on a terminal one line that is updated, elsewhere a plain line now and then. The only escape
// sequences of the program are here. It uses no colours.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

namespace simulate {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// 42 s, 3:05 min or 5:01:30 h.
inline std::string duration_text(double seconds) {
    char line[48];
    const long long whole = std::llround(std::fmin(seconds, 1e15));
    if (whole < 60)
        std::snprintf(line, sizeof line, "%lld s", whole);
    else if (whole < 3600)
        std::snprintf(line, sizeof line, "%lld:%02lld min", whole / 60, whole % 60);
    else
        std::snprintf(line, sizeof line, "%lld:%02lld:%02lld h", whole / 3600, whole / 60 % 60, whole % 60);
    return line;
}

/// The order parameter, as the progress shows it.
inline std::string order_text(double r) {
    char line[32];
    std::snprintf(line, sizeof line, "r %.4f", r);
    return line;
}

/// Columns of the terminal behind the standard error.
inline std::size_t terminal_columns() {
    struct winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// Whether the standard error is a terminal that can update a line. "dumb" terminals cannot (Emacs, some editors and CI
/// systems). A terminal of unknown kind is treated as dumb.
inline bool can_renew_lines() {
    const char* const kind = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) != 0 && kind != nullptr && *kind != '\0' && std::strcmp(kind, "dumb") != 0;
}

/// Says how far the run is, on the standard error.
class Progress {
  public:
    Progress(bool is_quiet, std::int64_t first, std::int64_t last, double cells)
        : is_quiet_(is_quiet), can_renew_(can_renew_lines()), first_(first), last_(last), cells_(cells) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    /// Whether it is time to say something.
    [[nodiscard]] bool is_due() const { return !is_quiet_ && seconds_since(start_) >= next_; }

    /// Says it. `observe` returns what is seen, as text or empty; it is called seldom enough to cost little.
    template <class Observe> void show(std::int64_t step, const Observe& observe) {
        const auto began = Clock::now();
        const std::string seen = observe();
        const double cost = seconds_since(began);
        if (is_quiet_) return; // another process says it
        const double elapsed = seconds_since(start_);
        can_renew_ ? renew(step, seen, elapsed) : add_line(step, seen, elapsed);
        const double pause = can_renew_ ? 0.25 : std::clamp(next_, 5.0, 60.0); // 5, 10, 20, 40, 80, 140 … seconds
        next_ = elapsed + std::fmax(pause, 50 * cost);
    }

    /// Leaves the terminal's line empty.
    void clear() {
        if (is_shown_) std::fprintf(stderr, "\r\033[K");
        is_shown_ = false;
    }

  private:
    /// What is said, the most important first. The line has what fits.
    [[nodiscard]] std::vector<std::string> parts(std::int64_t step, const std::string& seen, double elapsed) const {
        const auto done = static_cast<double>(step - first_);
        const auto rest = static_cast<double>(last_ - step);
        char line[64];
        std::vector<std::string> parts;
        std::snprintf(line, sizeof line, "%5.1f %%", 100 * static_cast<double>(step) / static_cast<double>(last_));
        parts.emplace_back(line);
        parts.push_back(done > 0 ? duration_text(elapsed * rest / done) + " left" : "");
        if (!seen.empty()) parts.push_back(seen);
        parts.push_back("step " + std::to_string(step) + "/" + std::to_string(last_));
        std::snprintf(line, sizeof line, "%.2e cell-steps/s", cells_ * done / elapsed);
        parts.emplace_back(line);
        return parts;
    }

    void renew(std::int64_t step, const std::string& seen, double elapsed) {
        const std::size_t columns = terminal_columns();
        std::string line;
        for (const std::string& part : parts(step, seen, elapsed)) {
            if (line.size() + 2 + part.size() >= columns) break;
            line += (line.empty() ? "" : "  ") + part;
        }
        std::fprintf(stderr, "\r%s\033[K", line.c_str());
        is_shown_ = true;
    }

    void add_line(std::int64_t step, const std::string& seen, double elapsed) const {
        std::string line;
        for (const std::string& part : parts(step, seen, elapsed)) line += (line.empty() ? "" : "  ") + part;
        std::fprintf(stderr, "%s\n", line.c_str());
    }

    bool is_quiet_;
    bool can_renew_;
    bool is_shown_ = false;
    std::int64_t first_;
    std::int64_t last_;
    double cells_;
    Clock::time_point start_ = Clock::now();
    double next_ = can_renew_ ? 0.25 : 5.0; // seconds from the start
};

} // namespace simulate
