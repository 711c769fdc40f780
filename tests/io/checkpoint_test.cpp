// Checkpoints: every bit comes back, every damage is noticed, a run that is killed leaves the one before.
#include <kuramoto/checkpoint.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>

#include "support/expect_error.hpp"
#include "support/files.hpp"
#include "support/layouts.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace km = kuramoto;
namespace fs = std::filesystem;

namespace {

using test::contents;
using test::put;

const km::RunParameters parameters{.coupling = "sine",
                                   .K = 1.25,
                                   .dt = 0.1,
                                   .start_time = -3.5,
                                   .step = 12345678901,
                                   .seed = 0xfedcba9876543210U,
                                   .omega = 0.3};

class Checkpoints : public test::InFolder {
  protected:
    using InFolder::path;
    [[nodiscard]] std::string path() const { return path("run.checkpoint"); }
};

std::uint64_t checksum(const std::string& bytes) {
    km::detail::Crc64 sum;
    sum.add(bytes.data(), bytes.size());
    return sum.value();
}

/// `bytes` and the checksum of them, little-endian.
std::string sealed(std::string bytes) {
    const std::uint64_t sum = checksum(bytes);
    for (int k = 0; k < 8; ++k) bytes += static_cast<char>(sum >> (8 * k) & 0xff);
    return bytes;
}

template <class Number> std::string little_endian(Number number) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof number);
    if constexpr (sizeof number == 4) bits = test::bits_of(std::bit_cast<float>(number));
    std::string text;
    for (std::size_t k = 0; k < sizeof number; ++k) text += static_cast<char>(bits >> (8 * k) & 0xff);
    return text;
}

/// A header as the documentation describes it, without the checksum.
std::string header(std::int64_t rows, std::int64_t cols, std::uint32_t bits = 32, std::uint32_t has_omega = 0,
                   std::uint32_t format = 1, std::int64_t step = 7) {
    return "KURAMOTO" + little_endian(format) + little_endian(bits) + little_endian(rows) + little_endian(cols) +
           little_endian(1.25) + little_endian(0.1) + little_endian(-3.5) + little_endian(0.3) + little_endian(step) +
           little_endian(std::uint64_t{99}) + little_endian(has_omega) + little_endian(std::uint32_t{4}) +
           little_endian(std::uint32_t{0 << 24 | 1 << 12 | 0}) + little_endian(std::uint32_t{0}) + "sine";
}

template <class T> km::Field<T> distinct(std::ptrdiff_t rows, std::ptrdiff_t cols, std::uint32_t seed) {
    km::Field<T> field(rows, cols);
    test::fill_distinct(field.view(), seed);
    return field;
}

template <class T> bool same(const km::Field<T>& a, const km::Field<T>& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           test::first_difference(test::values_of(a.view()), test::values_of(b.view())) == -1;
}

void expect_same_parameters(const km::RunParameters& a, const km::RunParameters& b) {
    EXPECT_EQ(a.coupling, b.coupling);
    EXPECT_EQ(test::bits_of(a.K), test::bits_of(b.K));
    EXPECT_EQ(test::bits_of(a.dt), test::bits_of(b.dt));
    EXPECT_EQ(test::bits_of(a.start_time), test::bits_of(b.start_time));
    EXPECT_EQ(test::bits_of(a.omega), test::bits_of(b.omega));
    EXPECT_EQ(a.step, b.step);
    EXPECT_EQ(a.seed, b.seed);
}

template <class T> class CheckpointsOf : public Checkpoints {};
using CellTypes = testing::Types<float, double>;
TYPED_TEST_SUITE(CheckpointsOf, CellTypes);

} // namespace

TEST(Crc64, HasTheValuesOfItsStandard) {
    EXPECT_EQ(checksum(""), 0U);
    EXPECT_EQ(checksum("123456789"), 0x995dc9bbdf1939faU); // the check value of CRC-64/XZ
    km::detail::Crc64 pieces;
    const std::string text = "The quick brown fox jumps over the lazy dog, twice.";
    for (std::size_t begin = 0, length = 0; begin < text.size(); begin += length, length = length % 11 + 1)
        pieces.add(text.data() + begin, std::min(length, text.size() - begin));
    EXPECT_EQ(pieces.value(), checksum(text));
}

TYPED_TEST(CheckpointsOf, GiveEveryBitBack) {
    using T = TypeParam;
    for (const auto& shape : {std::pair{5, 7}, {1, 9}, {9, 1}, {0, 4}, {4, 0}, {0, 0}, {37, 301}}) {
        km::Field<T> theta = distinct<T>(shape.first, shape.second, 1);
        const km::Field<T> omega = distinct<T>(shape.first, shape.second, 2);
        if (!theta.empty()) theta(0, 0) = -T{0};
        if (theta.size() > 1) theta.data()[theta.size() - 1] = std::numeric_limits<T>::denorm_min();
        km::write_checkpoint(this->path(), parameters, theta, omega);
        const km::Checkpoint<T> both = km::read_checkpoint<T>(this->path());
        EXPECT_TRUE(same(both.theta, theta) && same(both.omega, omega));
        expect_same_parameters(both.run, parameters);

        km::write_checkpoint(this->path(), parameters, theta);
        const km::Checkpoint<T> one = km::read_checkpoint<T>(this->path());
        EXPECT_TRUE(same(one.theta, theta) && one.omega.empty());
        const km::CheckpointInfo info = km::checkpoint_info(this->path());
        expect_same_parameters(info.run, parameters);
        EXPECT_EQ(info.rows, shape.first);
        EXPECT_EQ(info.cols, shape.second);
        EXPECT_EQ(info.bits, 8 * static_cast<int>(sizeof(T)));
        EXPECT_FALSE(info.has_omega_field);
        EXPECT_EQ(info.version[0], km::version_major);
        EXPECT_EQ(info.version[1], km::version_minor);
        EXPECT_EQ(info.version[2], km::version_patch);
    }
}

TYPED_TEST(CheckpointsOf, DoNotDependOnStrides) {
    using T = TypeParam;
    const km::Field<T> theta = distinct<T>(6, 11, 3);
    const km::Field<T> omega = distinct<T>(6, 11, 4);
    km::write_checkpoint(this->path("expected"), parameters, theta, omega);
    for (const test::Layout layout : test::all_layouts) {
        test::Cells<T> phases(layout, 6, 11);
        test::Cells<T> frequencies(layout, 6, 11);
        test::assign(phases.view(), test::values_of(theta.view()));
        test::assign(frequencies.view(), test::values_of(omega.view()));
        km::write_checkpoint(this->path(), parameters, phases.view(), frequencies.view());
        EXPECT_EQ(contents(this->path()), contents(this->path("expected"))) << test::name(layout);
    }
}

TEST_F(Checkpoints, HaveTheBytesOfTheirDescription) {
    const float cells[2] = {1.5F, -2.0F};
    km::RunParameters run = parameters;
    run.step = 7;
    run.seed = 99;
    km::write_checkpoint(path(), run, km::Grid<const float>(cells, 1, 2));
    EXPECT_EQ(contents(path()), sealed(header(1, 2)) + sealed(little_endian(1.5F) + little_endian(-2.0F)));
}

TEST_F(Checkpoints, WithOneBitTurnedRoundAreRefused) {
    km::write_checkpoint(path(), parameters, distinct<float>(2, 3, 5), distinct<float>(2, 3, 6));
    const std::string whole = contents(path());
    ASSERT_EQ(whole.size(), 96U + 4 + 8 + 2 * 24 + 8);
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        std::string damaged = whole;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
        put(path(), damaged);
        EXPECT_THROW(static_cast<void>(km::read_checkpoint<float>(path())), std::runtime_error) << bit;
    }
}

TEST_F(Checkpoints, OfAnotherLengthAreRefused) {
    km::write_checkpoint(path(), parameters, distinct<double>(2, 3, 5));
    const std::string whole = contents(path());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        put(path(), whole.substr(0, length));
        EXPECT_THROW(static_cast<void>(km::read_checkpoint<double>(path())), std::runtime_error) << length;
        EXPECT_THROW(static_cast<void>(km::checkpoint_info(path())), std::runtime_error) << length;
    }
    put(path(), whole + "x");
    EXPECT_ERROR(std::runtime_error, TEST_PARTS(path(), "trailing", "2 x 3"),
                 static_cast<void>(km::read_checkpoint<double>(path())));
    put(path(), whole.substr(0, whole.size() - 3));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS(path(), "cut off", "take 56 bytes", "there are 53"),
                 static_cast<void>(km::read_checkpoint<double>(path())));
}

TEST_F(Checkpoints, SayWhatIsWrongWithThem) {
    const auto expect_refused = [&](const std::string& bytes, std::initializer_list<std::string> parts) {
        put(path(), bytes);
        EXPECT_TRUE(
            test::throws<std::runtime_error>(parts, [&] { static_cast<void>(km::read_checkpoint<float>(path())); }));
    };
    const std::string cells = sealed(std::string(24, '\0'));
    put(path(), sealed(header(2, 3)) + cells);
    EXPECT_NO_THROW(static_cast<void>(km::read_checkpoint<float>(path())));

    expect_refused(sealed(header(2, 3, 32, 0, 2)) + cells, {path(), "format 2", "only format 1"});
    expect_refused(sealed(header(2, 3, 64)) + sealed(std::string(48, '\0')), {path(), "64 bits", "32 are wanted"});
    std::string wrong = sealed(header(2, 3)) + cells;
    wrong[20] = static_cast<char>(wrong[20] ^ 4);
    expect_refused(wrong, {path(), "header is damaged", "checksum"});
    wrong = sealed(header(2, 3)) + cells;
    wrong[120] = 'x';
    expect_refused(wrong, {path(), "cells are damaged", "checksum"});
    // Headers that lie although their checksum is right: refused before memory for the cells is asked for.
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    expect_refused(sealed(header(most, 2)) + cells, {"larger than the address space"});
    expect_refused(sealed(header(most / 8, 1)) + cells, {"cut off"});
    expect_refused(sealed(header(-2, -3)) + cells, {"makes no sense"});
    expect_refused(sealed(header(2, 3, 16)) + cells, {"makes no sense"});
    expect_refused(sealed(header(2, 3, 32, 2)) + cells, {"makes no sense"});
    expect_refused(sealed(header(2, 3, 32, 0, 1, -1)) + cells, {"makes no sense"});

    km::write_npy(path(), distinct<float>(20, 30, 7));
    expect_refused(contents(path()), {path(), "not a checkpoint"});
    expect_refused("short", {path(), "too short"});
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("nowhere", "No such file"),
                 static_cast<void>(km::read_checkpoint<float>(path("nowhere"))));
}

TEST_F(Checkpoints, RefuseWhatCannotBeSavedAndLeaveTheOldOne) {
    put(path(), "old");
    const km::Field<float> theta = distinct<float>(2, 3, 8);
    km::RunParameters run = parameters;
    run.step = -1;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("step", "-1"), km::write_checkpoint(path(), run, theta));
    run = parameters;
    run.coupling = std::string(256, 'f');
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("coupling", "256"), km::write_checkpoint(path(), run, theta));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 2 x 3", "omega is 3 x 2"),
                 km::write_checkpoint(path(), parameters, theta, distinct<float>(3, 2, 9)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 2 x 3", "omega is 2 x 4"),
                 km::write_checkpoint(path(), parameters, theta, distinct<float>(2, 4, 9)));
    EXPECT_EQ(contents(path()), "old");
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("nowhere/run", "No such file"),
                 km::write_checkpoint(path("nowhere/run"), parameters, theta));
}

namespace {

/// A run of 60 steps that saves itself after every `every`, from a state that it is given.
template <class AfterSave>
km::Field<float> run_and_save(const std::string& path, km::Checkpoint<float> from, int every, const AfterSave& saved) {
    const km::Model model{km::SineLaplacian{.K = from.run.K}, from.omega};
    km::Simulation simulation(model, from.theta, km::Euler{.dt = from.run.dt}, km::Stability::checked,
                              km::Start{.time = from.run.start_time, .step = from.run.step});
    simulation.run(km::Fused{}, 60 - from.run.step, every, [&](const auto& now) {
        from.run.step = now.step();
        km::write_checkpoint(path, from.run, now.theta(), from.omega);
        saved();
    });
    return km::Field<float>(simulation.theta());
}

km::Checkpoint<float> beginning() {
    km::Checkpoint<float> start{parameters, km::Field<float>(33, 47), km::Field<float>(33, 47)};
    start.run.step = 0;
    km::uniform_phases(start.theta, start.run.seed);
    km::normal_frequencies(start.omega, 0.0, 0.5, start.run.seed);
    return start;
}

} // namespace

TEST_F(Checkpoints, TakeUpARunWithTheBitsOfOneThatWentThrough) {
    const km::Field<float> expected = run_and_save(path(), beginning(), 60, [] {});
    for (const int every : {1, 7, 30}) {
        struct Enough {};
        int saves = 0;
        EXPECT_THROW(run_and_save(path(), beginning(), every,
                                  [&] {
                                      if (++saves == 2) throw Enough();
                                  }),
                     Enough);
        const km::Checkpoint<float> found = km::read_checkpoint<float>(path());
        EXPECT_EQ(found.run.step, every);
        EXPECT_TRUE(same(run_and_save(path(), found, every, [] {}), expected)) << every;
    }
}

// Two hundred programs that save again and again are killed at any moment. How long one takes depends on the disk: the
// time until it is killed follows what the last one came to.
TEST_F(Checkpoints, AreWholeWheneverTheProgramIsKilled) {
    constexpr int every = 5;
    const km::Field<float> expected = run_and_save(path("expected"), beginning(), 60, [] {});
    double longest = 1e-3; // seconds
    int stopped_on_the_way = 0;
    for (int k = 0; k < 200; ++k) {
        fs::remove(path());
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            run_and_save(path(), beginning(), every, [] {});
            _exit(0);
        }
        const double fraction = test::scrambled(static_cast<std::uint32_t>(k)) / 0x1p24;
        std::this_thread::sleep_for(std::chrono::duration<double>(longest * fraction));
        kill(child, SIGKILL);
        ASSERT_EQ(waitpid(child, nullptr, 0), child);
        km::Checkpoint<float> found = beginning();
        if (fs::exists(path())) found = km::read_checkpoint<float>(path());
        const std::int64_t step = found.run.step;
        if (step > 0 && step < 60) ++stopped_on_the_way;
        longest *= step == 0 ? 1.2 : step == 60 ? 0.8 : 1.0;
        ASSERT_TRUE(same(run_and_save(path("rest"), std::move(found), 60, [] {}), expected)) << k;
    }
    EXPECT_GT(stopped_on_the_way, 40); // or little was shown
}
