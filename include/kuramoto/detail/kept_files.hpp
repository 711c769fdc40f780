// Files that have all their bytes and could not get their name: kept under their temporary one.
// May include detail/file_calls.hpp.
#pragma once

#include <kuramoto/detail/file_calls.hpp>

#include <cstdio>
#include <map>
#include <mutex>
#include <string>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// A file under its temporary name.
struct KeptFile {
    std::string name;
    bool is_whole = false; ///< or the disk may have lost some of it
    FileStatus status;     ///< when it was left
};

/// What this process has kept, one file per name: the newest that is whole, or else the newest. So a program that
/// saves again and again where no file can be renamed leaves one file, and not one per attempt.
class KeptFiles {
  public:
    /// Keeps `temporary`, which could not become `final_path`; returns what is kept for that now. The temporary name
    /// stays the same as long as it can: somebody may have been told.
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

    /// Removes what was kept for a file that has been written since.
    static void remove(const std::string& final_path) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = files().find(final_path);
        if (found == files().end()) return;
        if (is_there(found->second)) std::remove(found->second.name.c_str());
        files().erase(found);
    }

  private:
    /// Whether the file is still the one that was left, and not one that somebody else has put there.
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

/// What the message says of a call that failed.
inline std::string failure_text(const char* call, int code) { return std::string(call) + ": " + system_text(code); }

/// What the message says of a file that is kept, `is_whole` being that of the file that was to be written.
inline std::string kept_text(const KeptFile& kept, bool is_whole) {
    const char* what = is_whole        ? "the complete file is kept as"
                       : kept.is_whole ? "the last complete file is kept as"
                                       : "the file may be damaged and is kept as";
    return std::string(what) + " '" + kept.name + "'";
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
