// Shows how to run the library on threads of your own: a pool that a program already has becomes a policy in ten lines.
// A policy decides who does the work, never what is computed, so that the result is that of Fused to the bit. Ends with
// 1 if it is not.
#include <kuramoto/kuramoto.hpp>

#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace km = kuramoto;

/// Somebody's thread pool; it knows nothing of lattices. One caller at a time, who works as well.
class Pool {
  public:
    explicit Pool(int threads) {
        for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { serve(); });
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    ~Pool() {
        {
            const std::lock_guard lock(mutex_);
            closing_ = true;
        }
        work_available_.notify_all();
        for (std::thread& worker : workers_) worker.join();
    }

    /// job(0) … job(count − 1); returns when all are done.
    void run(int count, const std::function<void(int)>& job) {
        std::unique_lock lock(mutex_);
        job_ = &job;
        next_ = 0;
        count_ = unfinished_ = count;
        work_available_.notify_all();
        take_jobs(lock);
        all_done_.wait(lock, [this] { return unfinished_ == 0; });
    }

    [[nodiscard]] int threads() const noexcept { return static_cast<int>(workers_.size()) + 1; }

  private:
    void serve() {
        std::unique_lock lock(mutex_);
        while (true) {
            work_available_.wait(lock, [this] { return closing_ || next_ < count_; });
            if (closing_) return;
            take_jobs(lock);
        }
    }

    /// Called with the mutex locked, which is free while a job runs.
    void take_jobs(std::unique_lock<std::mutex>& lock) {
        while (next_ < count_) {
            const int number = next_++;
            const std::function<void(int)>& job = *job_;
            lock.unlock();
            job(number);
            lock.lock();
            if (--unfinished_ == 0) all_done_.notify_all();
        }
    }

    std::vector<std::thread> workers_;
    std::mutex mutex_;
    std::condition_variable work_available_;
    std::condition_variable all_done_;
    const std::function<void(int)>* job_ = nullptr;
    int next_ = 0;
    int count_ = 0;
    int unfinished_ = 0;
    bool closing_ = false;
};

/// The policy. `run` has to call task(0) … task(count − 1), each once, in any order and on any threads, and to return
/// when all are done; tasks are independent and do not throw. `concurrency` is an upper bound of `count`.
struct OnPool {
    Pool& pool;

    template <class Task> void run(int count, const Task& task) const { pool.run(count, std::cref(task)); }
    [[nodiscard]] int concurrency() const noexcept { return pool.threads(); }
};

static_assert(km::ExecutionPolicy<OnPool>);

/// The phases after 200 steps from the same start.
template <class Policy> km::Field<float> result(const Policy& policy) {
    km::Field<float> theta(333, 257), omega(333, 257);
    km::uniform_phases(theta, 1);
    km::normal_frequencies(omega, 0.0, 0.3, 2);
    km::advance(policy, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{.K = 2.0}, omega}, theta, 200);
    return theta;
}

bool same_bits(const km::Field<float>& a, const km::Field<float>& b) {
    return std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}

int main() {
    const km::Field<float> expected = result(km::Fused{});
    bool all_equal = true;
    for (const int threads : {1, 2, 3, 7}) {
        Pool pool(threads);
        const bool equal = same_bits(result(OnPool{pool}), expected);
        std::printf("%d threads of our own: %s\n", threads, equal ? "the bits of Fused" : "NOT the bits of Fused");
        all_equal = all_equal && equal;
    }
    std::printf("r = %.4f\n", km::order_parameter(expected).r);
    return all_equal ? 0 : 1;
}
