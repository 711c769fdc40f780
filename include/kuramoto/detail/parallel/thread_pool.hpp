// The threads of the policy Threads: one pool per program or shared library, which keeps its threads between calls.
//
// A call has as many tickets as tasks. The caller and its helpers take tickets until none is left; who has a ticket
// runs one task. So a helper that is late holds nobody up: the caller runs the tasks itself. A helper that waits spins
// for some 20 microseconds, and then sleeps. So does the caller, while helpers run their last tasks.
//
// Everything here is hidden from other shared libraries: the threads of a pool run only code of its own library, which
// ends them when it is unloaded.
#pragma once

#include <kuramoto/detail/build/config.hpp>
#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/detail/parallel/pause.hpp>
#include <kuramoto/detail/parallel/processor_of_thread.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <thread>
#include <vector>

#if __has_include(<unistd.h>)
#include <pthread.h>
#endif

#define KURAMOTO_HIDDEN [[__gnu__::__visibility__("hidden")]]

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

class KURAMOTO_HIDDEN ThreadPool {
  public:
    /// The most threads of a call, the caller included.
    static constexpr int most = 1024;

    /// Calls task(0) … task(count − 1) on the calling thread and on at most `workers` − 1 others, or on as many as
    /// could be started. A call that begins during another call, on this thread or any other, runs on the calling
    /// thread.
    template <class Task> void run(int count, int workers, const Task& task) noexcept {
        if (count < 2 || workers < 2 || !acquire()) {
            for (int index = 0; index < count; ++index) task(index);
            return;
        }
        task_ = &task;
        call_ = [](const void* given, int index) noexcept { (*static_cast<const Task*>(given))(index); };
        const int others = start((count < workers ? count : workers) - 1);
        for (int first = 0; first < count; first += most)
            run_some(first, count - first < most ? count - first : most, others);
        release();
    }

    /// Ends the threads. From now on, calls run on the calling thread. During a call, does nothing.
    void close() noexcept {
        if (!acquire()) return; // and never releases it
        if (helpers_ == nullptr) return;
        is_closed_.store(true, std::memory_order_relaxed);
        calls_.fetch_add(1);
        calls_.notify_all();
        for (std::thread& thread : helpers_->threads) thread.join();
        delete helpers_;
        helpers_ = nullptr;
    }

  private:
    // Of one process: fork does not copy threads.
    struct Helpers {
        std::vector<std::thread> threads;
        const Helpers* of_parent = nullptr; // never used, nor freed
    };

    // What is left to take of a call: its number, seats for helpers, and tickets.
    static constexpr std::uint64_t ticket = 1;
    static constexpr std::uint64_t seat = std::uint64_t{1} << 16U;
    static constexpr std::uint64_t of_call(std::uint32_t number, int seats, int tickets) noexcept {
        return std::uint64_t{number} << 32U | static_cast<std::uint64_t>(seats) * seat |
               static_cast<std::uint64_t>(tickets) * ticket;
    }
    static constexpr bool has_ticket(std::uint64_t word) noexcept { return (word & (seat - 1)) != 0; }
    static constexpr bool has_seat(std::uint64_t word) noexcept { return (word & (seat - 1) << 16U) != 0; }

    [[nodiscard]] bool acquire() noexcept {
        return !is_busy_.load(std::memory_order_relaxed) && !is_busy_.exchange(true, std::memory_order_acquire);
    }
    void release() noexcept { is_busy_.store(false, std::memory_order_release); }

    // Tasks first … first + count − 1 of a call.
    void run_some(int first, int count, int others) noexcept {
        first_ = first;
        count_ = count;
        others_ = others;
        left_.store(count, std::memory_order_relaxed);
        for (int k = 0; k < count; ++k) taken_[k].store(false, std::memory_order_relaxed); // no helper has a ticket now
        caller_processor_.store(this_processor(), std::memory_order_relaxed);
        // One ticket is the caller's.
        const std::uint32_t number = calls_.load(std::memory_order_relaxed) + 1;
        word_.store(of_call(number, others, count - 1), std::memory_order_release);
        calls_.store(number);
        if (sleepers_.load() > 0) wake(others);
        if (finish(work(0)) > 0) wait_for_helpers();
    }

    void wake(int others) noexcept {
        if (static_cast<std::size_t>(others) == helpers_->threads.size()) {
            calls_.notify_all();
            return;
        }
        for (int k = 0; k < others; ++k) calls_.notify_one();
    }

    // Runs the task of a ticket that this thread has, and of all others that it gets. Returns how many. A call ends
    // only when all its tasks are reported as finished, so that the members of the call cannot change meanwhile.
    int work(int worker) noexcept {
        int at = static_cast<int>(share_begin(worker, others_ + 1, count_));
        int done = 0;
        do {
            at = take_task(at);
            call_(task_, first_ + at);
            ++done;
        } while (take_ticket());
        return done;
    }

    // A task that nobody has: the first from `at` on. There is one, because this thread has a ticket. So each thread
    // begins with its own share of the tasks, on which the pages of memory that it touched first lie near it.
    int take_task(int at) noexcept {
        for (;; ++at) {
            if (at >= count_) at = 0;
            std::atomic<bool>& taken = taken_[at];
            if (!taken.load(std::memory_order_relaxed) && !taken.exchange(true, std::memory_order_relaxed)) return at;
        }
    }

    // A further ticket, for a thread that has not reported its tasks yet.
    bool take_ticket() noexcept {
        std::uint64_t word = word_.load(std::memory_order_relaxed);
        while (has_ticket(word))
            if (word_.compare_exchange_weak(word, word - ticket, std::memory_order_acquire, std::memory_order_relaxed))
                return true;
        return false;
    }

    // Reports tasks as finished. Returns how many are left.
    int finish(int done) noexcept { return left_.fetch_sub(done) - done; }

    void wait_for_helpers() noexcept {
        for (int k = 0; k < longest_spin; ++k) {
            if (left_.load(std::memory_order_acquire) == 0) return;
            pause_processor();
        }
        bring_a_helper();
        caller_sleeps_.store(true);
        for (int left = left_.load(); left != 0; left = left_.load()) left_.wait(left);
        caller_sleeps_.store(false, std::memory_order_relaxed);
    }

    // The processor of this thread becomes idle. A helper that has a task, but no processor, may have it.
    void bring_a_helper() noexcept {
        constexpr int most_tries = 4;
        int tries = 0;
        for (std::size_t k = 0; k < helpers_->threads.size() && tries < most_tries; ++k) {
            if (!is_working_[k].load(std::memory_order_relaxed)) continue;
            ++tries;
            const std::thread::native_handle_type helper = helpers_->threads[k].native_handle();
            if (is_held_up(helper) && is_working_[k].load(std::memory_order_relaxed)) return bring_here(helper);
        }
    }

    // What helper `worker`, 1 or more, does. It has seen the calls before.
    void help(int worker, std::uint32_t seen) noexcept {
        for (;;) {
            seen = next_call(seen);
            if (is_closed_.load(std::memory_order_relaxed)) return;
            leave_processor(caller_processor_.load(std::memory_order_relaxed));
            std::uint64_t word = word_.load(std::memory_order_relaxed);
            while (has_ticket(word) && has_seat(word)) {
                if (!word_.compare_exchange_weak(word, word - seat - ticket, std::memory_order_acquire,
                                                 std::memory_order_relaxed))
                    continue;
                std::atomic<bool>& is_working = is_working_[worker - 1];
                is_working.store(true, std::memory_order_relaxed);
                const int done = work(worker);
                is_working.store(false, std::memory_order_relaxed);
                if (finish(done) == 0 && caller_sleeps_.load()) left_.notify_one();
                break;
            }
        }
    }

    // Waits for a call that is not the one seen.
    std::uint32_t next_call(std::uint32_t seen) noexcept {
        for (int k = 0; k < longest_spin; ++k) {
            if (const std::uint32_t now = calls_.load(std::memory_order_acquire); now != seen) return now;
            pause_processor();
        }
        sleepers_.fetch_add(1);
        calls_.wait(seen);
        sleepers_.fetch_sub(1);
        return calls_.load(std::memory_order_acquire);
    }

    // Starts helpers until there are `wanted`, or as many of them as can be. Returns how many there are, of those.
    int start(int wanted) noexcept {
        if (!know_of_forks()) return 0;
        if (helpers_ == nullptr) helpers_ = new (std::nothrow) Helpers{.threads = {}, .of_parent = of_parent_};
        if (helpers_ == nullptr) return 0;
        std::vector<std::thread>& threads = helpers_->threads;
#if defined(__cpp_exceptions)
        try {
#endif
            while (threads.size() < static_cast<std::size_t>(wanted))
                threads.emplace_back(&ThreadPool::help, this, static_cast<int>(threads.size()) + 1,
                                     calls_.load(std::memory_order_relaxed));
#if defined(__cpp_exceptions)
        } catch (...) { // no more threads, or no memory
        }
#endif
        const int there = static_cast<int>(threads.size());
        return there < wanted ? there : wanted;
    }

    // Makes the pool of a child process a new one. False if that is not possible.
    bool know_of_forks() noexcept;

    void forget_threads() noexcept {
        of_parent_ = helpers_ != nullptr ? helpers_ : of_parent_;
        helpers_ = nullptr;
        word_.store(0, std::memory_order_relaxed);
        sleepers_.store(0, std::memory_order_relaxed);
        caller_sleeps_.store(false, std::memory_order_relaxed);
        for (std::atomic<bool>& is_working : is_working_) is_working.store(false, std::memory_order_relaxed);
        release();
    }

    alignas(64) std::atomic<std::uint64_t> word_{0};
    alignas(64) std::atomic<int> left_{0}; // tasks of the call that are not finished
    std::atomic<bool> caller_sleeps_{false};
    std::atomic<int> caller_processor_{-1};
    alignas(64) std::atomic<std::uint32_t> calls_{0};
    std::atomic<int> sleepers_{0};
    std::atomic<bool> is_closed_{false};
    alignas(64) std::atomic<bool> is_busy_{false};
    // Of a call: the caller writes them before it gives tickets.
    const void* task_ = nullptr;
    void (*call_)(const void*, int) noexcept = nullptr;
    int first_ = 0;
    int count_ = 0;
    int others_ = 0;
    // Of whoever has acquired the pool.
    Helpers* helpers_ = nullptr;
    const Helpers* of_parent_ = nullptr;
    bool knows_of_forks_ = false;
    alignas(64) std::atomic<bool> is_working_[most] = {}; // of the helpers
    alignas(64) std::atomic<bool> taken_[most] = {};      // of the tasks
};

/// The pool of this program or shared library. It is never destroyed: destructors of static objects may still call it.
KURAMOTO_HIDDEN inline constinit ThreadPool thread_pool;

/// Ends the threads of the pool at the end of the program, and when the shared library is unloaded.
struct KURAMOTO_HIDDEN ThreadPoolCloser {
    constexpr ThreadPoolCloser() noexcept = default;
    ThreadPoolCloser(const ThreadPoolCloser&) = delete;
    ThreadPoolCloser& operator=(const ThreadPoolCloser&) = delete;
    ~ThreadPoolCloser() { thread_pool.close(); }
};
KURAMOTO_HIDDEN inline const ThreadPoolCloser thread_pool_closer;

inline bool ThreadPool::know_of_forks() noexcept {
#if __has_include(<unistd.h>)
    if (!knows_of_forks_) knows_of_forks_ = pthread_atfork(nullptr, nullptr, [] { thread_pool.forget_threads(); }) == 0;
    return knows_of_forks_;
#else
    return true;
#endif
}

} // namespace detail
KURAMOTO_END_NAMESPACE

#undef KURAMOTO_HIDDEN
