// A library that has started threads can be unloaded: it ends them.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>

#include <dlfcn.h>

namespace {

std::ptrdiff_t threads_of_this_process() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

/// Whether the process comes to have so many threads: one that was joined is still listed for some microseconds.
bool come_to_be(std::ptrdiff_t threads) {
    for (int k = 0; k < 100000; ++k) {
        if (threads_of_this_process() == threads) return true;
        std::this_thread::yield();
    }
    return false;
}

TEST(Unload, EndsTheThreadsOfALibrary) {
    if (!std::filesystem::exists("/proc/self/task")) GTEST_SKIP();
    const std::string path = KURAMOTO_UNLOADED_LIBRARY;
    std::thread([] {}).join(); // with the first thread, the thread sanitizer starts one of its own
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const std::ptrdiff_t before = threads_of_this_process();
    double first = 0;
    for (int repeat = 0; repeat < 100; ++repeat) {
        void* const library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
        ASSERT_NE(library, nullptr) << dlerror();
        const auto function = reinterpret_cast<double (*)(int)>(dlsym(library, "order_parameter_on"));
        ASSERT_NE(function, nullptr);
        const double one = function(1);
        ASSERT_TRUE(come_to_be(before));
        ASSERT_EQ(function(3), one);
        ASSERT_TRUE(come_to_be(before + 2));
        if (repeat == 0) first = one;
        ASSERT_EQ(one, first);
        ASSERT_EQ(dlclose(library), 0);
        ASSERT_EQ(dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD), nullptr) << "is still loaded";
        ASSERT_TRUE(come_to_be(before));
    }
}

} // namespace
