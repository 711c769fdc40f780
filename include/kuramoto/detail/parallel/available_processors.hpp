// How many processors this process may use: those of its affinity mask, and no more than its cgroups grant.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A file that is closed at the end of the scope. Where there is no such file, nothing can be read from it.
class [[__gnu__::__visibility__("hidden")]] ReadFile {
  public:
    explicit ReadFile(const std::string& path) : file_(std::fopen(path.c_str(), "re")) {}
    ReadFile(const ReadFile&) = delete;
    ReadFile& operator=(const ReadFile&) = delete;
    ~ReadFile() {
        if (file_ != nullptr) std::fclose(file_);
    }

    /// Reads the next integer. False if there is none.
    bool read(std::int64_t& number) noexcept {
        long long found = 0;
        if (file_ == nullptr || std::fscanf(file_, "%lld", &found) != 1) return false;
        number = found;
        return true;
    }
    /// Reads the next line, at most 4095 characters of it. False if there is none.
    bool read_line(std::string& line) {
        char text[4096];
        if (file_ == nullptr || std::fgets(text, sizeof text, file_) == nullptr) return false;
        line.assign(text, std::strcspn(text, "\n"));
        return true;
    }

  private:
    std::FILE* file_;
};

/// The smallest number of processors that a cgroup and the cgroups above it grant, rounded up; 0: no limit.
///
/// `quota_of(folder, quota, period)` reads the files of one cgroup, and returns false where there are none.
template <class QuotaOf> int least_quota(const std::string& mount, std::string path, const QuotaOf& quota_of) {
    std::int64_t least = 0;
    for (bool is_root = false; !is_root;) {
        while (!path.empty() && path.back() == '/') path.pop_back();
        is_root = path.empty();
        std::int64_t quota = 0;
        std::int64_t period = 0;
        if (quota_of(mount + path, quota, period) && quota > 0 && period > 0) {
            const std::int64_t processors = quota / period + (quota % period != 0 ? 1 : 0);
            if (least == 0 || processors < least) least = processors;
        }
        if (!is_root) path.erase(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
    }
    return static_cast<int>(least < INT32_MAX ? least : INT32_MAX);
}

/// The processors that the cgroups of this process grant, rounded up; 0: no limit.
///
/// Reads <root>/proc/self/cgroup and what is below <root>/sys/fs/cgroup, of version 2 (cpu.max) and 1
/// (cpu.cfs_quota_us).
///
/// Cost: some ten files, 0.1 ms.
inline int processors_of_cgroups(const std::string& root) {
    const std::string mount = root + "/sys/fs/cgroup";
    ReadFile list(root + "/proc/self/cgroup");
    std::string line;
    int least = 0;
    while (list.read_line(line)) { // hierarchy:controllers:path
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        const std::string path = line.substr(second + 1);
        int found = 0;
        if (controllers == ",,")
            found = least_quota(mount, path, [](const std::string& folder, std::int64_t& quota, std::int64_t& period) {
                ReadFile both(folder + "/cpu.max"); // "max 100000" is no limit
                return both.read(quota) && both.read(period);
            });
        else if (controllers.find(",cpu,") != std::string::npos)
            found = least_quota(mount + "/cpu", path,
                                [](const std::string& folder, std::int64_t& quota, std::int64_t& period) {
                                    ReadFile of_quota(folder + "/cpu.cfs_quota_us"); // −1 is no limit
                                    ReadFile of_period(folder + "/cpu.cfs_period_us");
                                    return of_quota.read(quota) && of_period.read(period);
                                });
        if (found > 0 && (least == 0 || found < least)) least = found;
    }
    return least;
}

/// The processors on which the calling thread may run, at least 1.
inline int processors_of_affinity() noexcept {
#if defined(__linux__)
    // A kernel of more processors than the mask has bits refuses it.
    for (std::size_t bits = 1024; bits <= 1024 * 64; bits *= 4) {
        cpu_set_t* const mask = CPU_ALLOC(bits);
        if (mask == nullptr) break;
        const std::size_t bytes = CPU_ALLOC_SIZE(bits);
        const bool is_known = sched_getaffinity(0, bytes, mask) == 0;
        const int processors = is_known ? static_cast<int>(CPU_COUNT_S(bytes, mask)) : 0;
        CPU_FREE(mask);
        if (processors > 0) return processors;
    }
#endif
    const unsigned processors = std::thread::hardware_concurrency();
    return processors > 0 ? static_cast<int>(processors) : 1;
}

/// The processors that this process may use, at least 1: those of the affinity mask of the calling thread, but no more
/// than the quota of the cgroups, rounded up. The quota is read once.
inline int available_processors() {
    static constinit std::atomic<int> quota{-1};
    int granted = quota.load(std::memory_order_relaxed);
    if (granted < 0) {
        granted = processors_of_cgroups("");
        quota.store(granted, std::memory_order_relaxed);
    }
    const int processors = processors_of_affinity();
    return granted > 0 && granted < processors ? granted : processors;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
