// For race.cmake, with the thread sanitizer. Two tasks of one call write to one number if the argument is "race". They
// do not otherwise: then each call writes to what the tasks of the call before have written.
#include <kuramoto/threads.hpp>

#include <atomic>
#include <cstring>
#include <thread>

#include <unistd.h>

int main(int count, char** arguments) {
    const bool has_race = count > 1 && std::strcmp(arguments[1], "race") == 0;
    alarm(200);
    int numbers[2] = {};
    for (int call = 0; call < 1000; ++call) {
        std::atomic<int> begun = 0;
        kuramoto::Threads{.threads = 2}.run(2, [&](int task) {
            begun.fetch_add(1, std::memory_order_relaxed); // both threads take part, without an order between them
            while (begun.load(std::memory_order_relaxed) < 2) std::this_thread::yield();
            ++numbers[has_race ? 0 : (task + call) % 2];
        });
    }
    return has_race || (numbers[0] == 1000 && numbers[1] == 1000) ? 0 : 1;
}
