// Files that are kept under their temporary name, after a failed fsync, close or rename.
#pragma once

#include <kuramoto/detail/io/system_calls.hpp>

#include <cstdio>
#include <map>
#include <mutex>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A file under its temporary name.
struct KeptFile {
    std::string name;
    bool is_whole = false; ///< false: the disk may have lost a part of it
    FileStatus status;     ///< at the time when it was kept
};

/// The files that this process has kept: one per final name, the newest complete one, or else the newest. A program
/// that saves repeatedly where no file can be renamed leaves one file, not one per attempt.
class KeptFiles {
  public:
    /// Keeps `temporary`, which has not become `final_path`. Returns the file that is kept for `final_path`
    /// now. Its name stays the same if possible, because an earlier message has stated it.
    static KeptFile keep(const std::string& final_path, const std::string& temporary, bool is_whole) {
        const std::lock_guard<std::mutex> lock(mutex_);
        KeptFile& kept = files()[final_path];
        const bool is_left = is_there(kept);
        if (is_left && kept.is_whole && !is_whole) {
            std::remove(temporary.c_str());
            return kept;
        }
        if (!is_left || replace_file(temporary, kept.name) != 0) {
            if (is_left) std::remove(kept.name.c_str());
            kept.name = temporary;
        }
        kept.is_whole = is_whole;
        if (look_up(kept.name, kept.status) != 0) kept.status = {};
        return kept;
    }

    /// Removes the file that was kept for `final_path`, which has been written since.
    static void remove(const std::string& final_path) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = files().find(final_path);
        if (found == files().end()) return;
        if (is_there(found->second)) std::remove(found->second.name.c_str());
        files().erase(found);
    }

  private:
    /// Whether the file is still the one that was kept, and not the file of another program.
    static bool is_there(const KeptFile& kept) {
        FileStatus now;
        return kept.status.exists && look_up(kept.name, now) == 0 && now == kept.status;
    }

    // Never destroyed: a file may be written while the program ends.
    static std::map<std::string, KeptFile>& files() {
        static auto* const all = new std::map<std::string, KeptFile>;
        return *all;
    }

    inline static std::mutex mutex_;
};

/// The part of an error message that names the failed call and the reason.
inline std::string failure_text(const char* call, int code) { return std::string(call) + ": " + system_text(code); }

/// The part of an error message that names the kept file. `is_whole`: whether the new file is complete.
inline std::string kept_text(const KeptFile& kept, bool is_whole) {
    FileStatus status;
    const bool is_gone = look_up(kept.name, status) == 0 && !status.exists; // its folder was removed, for example
    if (is_gone) return "the file is lost: '" + kept.name + "' is gone";
    const char* what = is_whole        ? "the complete file is kept as"
                       : kept.is_whole ? "the last complete file is kept as"
                                       : "the file may be damaged and is kept as";
    return std::string(what) + " '" + kept.name + "'";
}

} // namespace detail
KURAMOTO_END_NAMESPACE
