// Checkpoints: every bit comes back, records are typed and known, a run that is killed leaves the one before.
#include <kuramoto/checkpoint.hpp>
#include <kuramoto/kuramoto.hpp>

#include "support/expect_error.hpp"
#include "support/files.hpp"
#include "support/layouts.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <list>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace km = kuramoto;
namespace fs = std::filesystem;

namespace {

using test::contents;
using test::put;

class Checkpoints : public test::InFolder {
  protected:
    using InFolder::path;
    [[nodiscard]] std::string path() const { return path("run.checkpoint"); }

    /// The checkpoint after a way through the file.
    [[nodiscard]] km::Checkpoint written_and_read(const km::Checkpoint& checkpoint) const {
        km::write_checkpoint(path(), checkpoint);
        return km::read_checkpoint(path());
    }
};

template <class T> km::Field<T> distinct(std::ptrdiff_t rows, std::ptrdiff_t cols, std::uint32_t seed) {
    km::Field<T> field(rows, cols);
    test::fill_distinct(field.view(), seed);
    return field;
}

template <class First, class Second> bool same(const First& first, const Second& second) {
    const auto a = km::as_grid(first);
    const auto b = km::as_grid(second);
    if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
    return a.empty() || test::first_difference(test::values_of(a), test::values_of(b)) == -1;
}

template <class T> class CheckpointsOf : public Checkpoints {};
using CellTypes = testing::Types<float, double>;
TYPED_TEST_SUITE(CheckpointsOf, CellTypes);

static_assert(!std::is_copy_constructible_v<km::Checkpoint>, "fields may be large");
static_assert(std::is_nothrow_move_constructible_v<km::Checkpoint>);
template <class Value>
concept CanBeSet = requires(km::Checkpoint& checkpoint, Value value) { checkpoint.set("x", value); };
static_assert(CanBeSet<short> && CanBeSet<unsigned char> && CanBeSet<float> && CanBeSet<const char*>);
static_assert(CanBeSet<signed char> && !CanBeSet<char>, "the sign of char differs between machines");
static_assert(!CanBeSet<bool> && !CanBeSet<long double> && !CanBeSet<std::vector<double>>);

} // namespace

// The values.

TEST_F(Checkpoints, GiveEveryNumberAndTextBack) {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    const std::vector<double> numbers = {
        0.1, -0.0, 5e-324, 1.7e308, test::number<double>("-inf"), test::number<double>("nan")};
    const std::string all = "any bytes: \n\t\"\xce\xb8\xff" + std::string(1, '\0') + "end";
    km::Checkpoint checkpoint;
    for (std::size_t k = 0; k < numbers.size(); ++k) checkpoint.set("number" + std::to_string(k), numbers[k]);
    checkpoint.set("float", 0.1F);
    checkpoint.set("least", least);
    checkpoint.set("short", static_cast<short>(-7));
    checkpoint.set("most", most);
    checkpoint.set("small", 7U);
    checkpoint.set("text", all);
    checkpoint.set("none", "");
    checkpoint.set("long", std::string(65535, 'x'));
    const km::Checkpoint found = written_and_read(checkpoint);
    for (std::size_t k = 0; k < numbers.size(); ++k)
        EXPECT_TRUE(test::same_bits(found.number("number" + std::to_string(k)), numbers[k])) << numbers[k];
    EXPECT_EQ(found.number("float"), static_cast<double>(0.1F));
    EXPECT_EQ(found.integer("least"), least);
    EXPECT_EQ(found.integer("short"), -7);
    EXPECT_EQ(found.unsigned_integer("most"), most);
    EXPECT_EQ(found.unsigned_integer("small"), 7U);
    EXPECT_EQ(found.text("text"), all);
    EXPECT_EQ(found.text("none"), "");
    EXPECT_EQ(found.text("long").size(), 65535U);
    EXPECT_EQ(found.names(), checkpoint.names());
    EXPECT_NO_THROW(found.check_all_read());
    EXPECT_EQ(checkpoint.library_version(), "");
    EXPECT_EQ(found.library_version(), std::to_string(km::version_major) + "." + std::to_string(km::version_minor) +
                                           "." + std::to_string(km::version_patch));
}

TYPED_TEST(CheckpointsOf, GiveEveryCellBack) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{5, 7}, {1, 9}, {9, 1}, {0, 4}, {4, 0}, {0, 0}, {37, 301}, {1, 5000}}) {
        km::Field<T> theta = distinct<T>(rows, cols, 1);
        const km::Field<T> velocity = distinct<T>(cols, rows, 2);
        if (!theta.empty()) theta(0, 0) = -T{0};
        if (theta.size() > 1) theta.data()[theta.size() - 1] = std::numeric_limits<T>::denorm_min();
        if (theta.size() > 2) theta.data()[1] = test::number<T>("nan");
        km::Checkpoint checkpoint;
        checkpoint.set("theta", theta);
        checkpoint.set("velocity", velocity);
        km::Checkpoint found = this->written_and_read(checkpoint);
        EXPECT_TRUE(same(found.field<T>("theta"), theta.view())) << rows << " x " << cols;
        EXPECT_TRUE(same(found.field<T>("velocity"), velocity.view())) << rows << " x " << cols;
        const T* const cells = found.field<T>("theta").data();
        const km::Field<T> taken = found.template take_field<T>("theta");
        EXPECT_TRUE(same(taken, theta) && taken.data() == cells) << "not copied";
        EXPECT_EQ(found.names(), std::list<std::string>{"velocity"});

        const km::Checkpoint info = km::checkpoint_info(this->path());
        EXPECT_EQ(info.shape("theta"), (km::FieldShape{rows, cols, 8 * static_cast<int>(sizeof(T))}));
        EXPECT_EQ(info.shape("velocity"), (km::FieldShape{cols, rows, 8 * static_cast<int>(sizeof(T))}));
        EXPECT_NO_THROW(info.check_all_read());
        EXPECT_ERROR(std::runtime_error, TEST_PARTS(this->path(), "'theta'", "checkpoint_info"),
                     static_cast<void>(info.field<T>("theta")));
    }
}

TEST_F(Checkpoints, HoldFieldsOfBothPrecisions) {
    const km::Field<float> theta = distinct<float>(2, 3, 1);
    const km::Field<double> sum = distinct<double>(4, 1, 2);
    km::Checkpoint checkpoint;
    checkpoint.set("theta", theta);
    checkpoint.set("step", 12);
    checkpoint.set("sum", sum);
    const km::Checkpoint found = written_and_read(checkpoint);
    EXPECT_TRUE(same(found.field<float>("theta"), theta.view()) && same(found.field<double>("sum"), sum.view()));
    EXPECT_EQ(found.integer("step"), 12);
}

TYPED_TEST(CheckpointsOf, DoNotDependOnStrides) {
    using T = TypeParam;
    const km::Field<T> theta = distinct<T>(6, 11, 3);
    km::Checkpoint expected;
    expected.set("theta", theta);
    km::write_checkpoint(this->path("expected"), expected);
    for (const test::Layout layout : test::all_layouts) {
        test::Cells<T> phases(layout, 6, 11);
        test::assign(phases.view(), test::values_of(theta.view()));
        km::Checkpoint checkpoint;
        checkpoint.set("theta", phases.view());
        km::write_checkpoint(this->path(), checkpoint);
        EXPECT_EQ(contents(this->path()), contents(this->path("expected"))) << test::name(layout);
        EXPECT_TRUE(same(checkpoint.template take_field<T>("theta"), theta)) << test::name(layout);
    }
}

TYPED_TEST(CheckpointsOf, ViewFieldsOrOwnThem) {
    using T = TypeParam;
    km::Field<T> theta = distinct<T>(3, 4, 3);
    const km::Field<T> before = theta;
    km::Checkpoint checkpoint;
    checkpoint.set("viewed", theta);
    checkpoint.set("owned", km::Field<T>(theta));
    theta(2, 3) = 7;
    for (int k = 0; k < 50; ++k) checkpoint.set("more" + std::to_string(k), k); // the records move in memory
    km::Checkpoint moved = std::move(checkpoint);
    const km::Checkpoint found = this->written_and_read(moved);
    EXPECT_TRUE(same(found.field<T>("viewed"), theta.view())) << "the values at the time of writing";
    EXPECT_TRUE(same(found.field<T>("owned"), before.view()));
}

// Setting a record destroys the cells that it owns: a view of them must be copied first.
TYPED_TEST(CheckpointsOf, TakeAViewOfTheirOwnCells) {
    using T = TypeParam;
    km::Checkpoint checkpoint;
    checkpoint.set("theta", distinct<T>(5, 4, 3));
    const km::Field<T> window(checkpoint.field<T>("theta").subgrid(1, 1, 3, 2));
    checkpoint.set("theta", checkpoint.field<T>("theta").subgrid(1, 1, 3, 2));
    EXPECT_TRUE(same(checkpoint.field<T>("theta"), window.view()));
    checkpoint.set("theta", checkpoint.field<T>("theta"));
    const km::Checkpoint found = this->written_and_read(checkpoint);
    EXPECT_TRUE(same(found.field<T>("theta"), window.view()));
}

// The bytes of a number do not depend on the machine; those of a cell are turned round where it is needed.
TYPED_TEST(CheckpointsOf, AreTheSameOnMachinesOfEitherByteOrder) {
    using T = TypeParam;
    std::string bytes;
    km::detail::append_little_endian(bytes, 0x0123456789abcdefU, 8);
    km::detail::append_little_endian(bytes, 0x89abcdefU, 4);
    EXPECT_EQ(bytes, "\xef\xcd\xab\x89\x67\x45\x23\x01\xef\xcd\xab\x89");
    EXPECT_EQ(km::detail::little_endian(bytes.data(), 8), 0x0123456789abcdefU);
    EXPECT_EQ(km::detail::little_endian(bytes.data() + 4, 3), 0x234567U);

    struct Memory {
        std::string bytes;
        std::size_t at = 0;
        void write(const void* from, std::size_t count) { bytes.append(static_cast<const char*>(from), count); }
        void read(void* to, std::size_t count) { at += bytes.copy(static_cast<char*>(to), count, at); }
    };
    const km::Field<T> field = distinct<T>(3, 5, 9);
    Memory here, there;
    km::detail::Checksummed<Memory> writer(there);
    km::detail::write_cells(here, field.view(), false);
    km::detail::write_cells(writer, field.view(), true);
    writer.finish();
    for (std::size_t k = 0; k < here.bytes.size(); ++k) {
        const std::size_t mirrored = k / sizeof(T) * sizeof(T) + (sizeof(T) - 1 - k % sizeof(T));
        ASSERT_EQ(here.bytes[k], there.bytes[mirrored]) << k;
    }
    km::Field<T> back(3, 5);
    km::detail::Checksummed<Memory> reader(there);
    km::detail::read_cells(reader, back.view(), true);
    EXPECT_TRUE(reader.agrees() && same(back, field)) << "the checksum is that of the bytes in the file";
}

// The records.

TEST_F(Checkpoints, ReplaceRecordsOfTheSameName) {
    km::Checkpoint checkpoint;
    checkpoint.set("step", 1);
    checkpoint.set("K", 2.0);
    checkpoint.set("step", 5);
    EXPECT_EQ(checkpoint.integer("step"), 5);
    checkpoint.set("step", "five");
    checkpoint.set("step", checkpoint.text("step"));
    EXPECT_EQ(checkpoint.names(), (std::list<std::string>{"step", "K"}));
    EXPECT_EQ(checkpoint.type("step"), km::RecordType::text);
    EXPECT_EQ(checkpoint.text("step"), "five");
    EXPECT_TRUE(checkpoint.contains("K") && !checkpoint.contains("k"));
    checkpoint.remove("step");
    checkpoint.remove("nothing");
    EXPECT_EQ(checkpoint.names(), std::list<std::string>{"K"});
}

TEST_F(Checkpoints, NameRecordsThatAreMissingOrOfAnotherType) {
    const km::Field<float> field = distinct<float>(2, 3, 1);
    const std::vector<std::string> kinds = {"an integer", "an unsigned integer", "a number",
                                            "a text",     "a field of float32",  "a field of float64"};
    const std::vector<std::string> names = {"integer", "unsigned", "number", "text", "float32", "float64"};
    km::Checkpoint checkpoint;
    checkpoint.set("integer", -1);
    checkpoint.set("unsigned", 1U);
    checkpoint.set("number", 1.0);
    checkpoint.set("text", "1");
    checkpoint.set("float32", field);
    checkpoint.set("float64", distinct<double>(2, 3, 1));
    km::Checkpoint found = written_and_read(checkpoint);
    const auto read = [&](km::Checkpoint& from, std::size_t as, const std::string& name) {
        if (as == 0) static_cast<void>(from.integer(name));
        if (as == 1) static_cast<void>(from.unsigned_integer(name));
        if (as == 2) static_cast<void>(from.number(name));
        if (as == 3) static_cast<void>(from.text(name));
        if (as == 4) static_cast<void>(from.field<float>(name));
        if (as == 5) static_cast<void>(from.field<double>(name));
    };
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        EXPECT_EQ(static_cast<int>(found.type(names[k])), static_cast<int>(k) + 1);
        for (std::size_t as = 0; as < kinds.size(); ++as)
            if (as == k)
                EXPECT_NO_THROW(read(found, as, names[k]));
            else
                EXPECT_ERROR(std::runtime_error,
                             TEST_PARTS(path(), "'" + names[k] + "' is " + kinds[k] + ", not " + kinds[as]),
                             read(found, as, names[k]));
        EXPECT_ERROR(std::runtime_error, TEST_PARTS(path(), "it has no record 'x'"), read(found, k, "x"));
        EXPECT_ERROR(std::runtime_error, TEST_PARTS("the checkpoint", "it has no record 'x'"),
                     read(checkpoint, k, "x"));
    }
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("'text' is a text, not a field"),
                 static_cast<void>(found.shape("text")));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("no record 'x'"), static_cast<void>(found.shape("x")));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("no record 'x'"), static_cast<void>(found.type("x")));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("'float32' is a field of float32, not a field of float64"),
                 static_cast<void>(found.take_field<double>("float32")));
    EXPECT_TRUE(same(found.take_field<float>("float32"), field)) << "it is still there";
}

TEST_F(Checkpoints, NameTheRecordThatNobodyRead) {
    const km::Field<float> theta = distinct<float>(2, 3, 1);
    km::Checkpoint checkpoint;
    checkpoint.set("K", 2.0);
    checkpoint.set("velocity", theta);
    checkpoint.set("theta", theta);
    km::Checkpoint found = written_and_read(checkpoint);
    const auto expect_unread = [&](const std::string& name) {
        EXPECT_ERROR(std::runtime_error,
                     TEST_PARTS(path(), "it holds record '" + name + "', which this program does not know"),
                     found.check_all_read());
    };
    expect_unread("K");
    EXPECT_TRUE(found.contains("K") && found.type("K") == km::RecordType::number);
    expect_unread("K");
    EXPECT_EQ(found.number("K"), 2.0);
    expect_unread("velocity");
    static_cast<void>(found.take_field<float>("theta"));
    expect_unread("velocity");
    EXPECT_EQ(found.field<float>("velocity").rows(), 2);
    EXPECT_NO_THROW(found.check_all_read());
    found.set("K", 3.0);
    expect_unread("K");
}

TEST_F(Checkpoints, RefuseWhatCannotBeSavedAndLeaveTheOldOne) {
    put(path(), "old");
    km::Checkpoint checkpoint;
    for (const std::string name : {"", "a b", "a\n", "\xce\xb8", "a/b", "a=b"})
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("name of a record", "64", "'" + name + "'"),
                     checkpoint.set(name, 1.0));
    const std::string longest(64, 'n');
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("name of a record", longest + "n"),
                 checkpoint.set(longest + "n", 1));
    EXPECT_NO_THROW(checkpoint.set(longest, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("'text'", "65535", "65536"),
                 checkpoint.set("text", std::string(65536, 'x')));
    EXPECT_EQ(checkpoint.names(), std::list<std::string>{longest});
    for (int k = 1; k < 1024; ++k) checkpoint.set(std::to_string(k), k);
    EXPECT_ERROR(std::length_error, TEST_PARTS("1024", "'more'"), checkpoint.set("more", 1));
    EXPECT_NO_THROW(checkpoint.set("7", 8));
    for (int k = 1; k < 257; ++k) checkpoint.set(std::to_string(k), std::string(65535, 'x'));
    EXPECT_ERROR(std::length_error, TEST_PARTS("16777216"), km::write_checkpoint(path(), checkpoint));
    EXPECT_EQ(contents(path()), "old");
    checkpoint = km::Checkpoint();
    checkpoint.set("step", 1);
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("nowhere/run", "No such file"),
                 km::write_checkpoint(path("nowhere/run"), checkpoint));
    checkpoint.set("theta", km::Field<float>(2, 3));
    km::write_checkpoint(path(), checkpoint);
    const std::string bytes = contents(path());
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("'theta'", "checkpoint_info"),
                 km::write_checkpoint(path(), km::checkpoint_info(path())));
    EXPECT_EQ(contents(path()), bytes);
}

// Runs.

namespace {

constexpr std::int64_t last_step = 60;

/// What decides a run with inertia and noise: everything is in the records.
struct InertialRun {
    km::Field<float> theta;
    km::Field<float> velocity;
    km::Field<float> omega;
    double K = 1.25;
    double mass = 2;
    std::int64_t step = 0;

    static InertialRun beginning() {
        InertialRun run{km::Field<float>(33, 47), km::Field<float>(33, 47), km::Field<float>(33, 47)};
        km::uniform_phases(run.theta, 3);
        km::normal_frequencies(run.velocity, 0.0, 0.25, 4);
        km::normal_frequencies(run.omega, 0.0, 0.5, 5);
        return run;
    }
    static InertialRun saved(const std::string& path) {
        km::Checkpoint checkpoint = km::read_checkpoint(path);
        InertialRun run{checkpoint.take_field<float>("theta"),
                        checkpoint.take_field<float>("velocity"),
                        checkpoint.take_field<float>("omega"),
                        checkpoint.number("K"),
                        checkpoint.number("mass"),
                        checkpoint.integer("step")};
        checkpoint.check_all_read();
        return run;
    }
    void save(const std::string& path) const {
        km::Checkpoint checkpoint;
        checkpoint.set("K", K);
        checkpoint.set("mass", mass);
        checkpoint.set("step", step);
        checkpoint.set("theta", theta);
        checkpoint.set("velocity", velocity);
        checkpoint.set("omega", omega);
        km::write_checkpoint(path, checkpoint);
    }
    /// Takes steps until `end`, and saves the run after every `every`.
    void go(std::int64_t end, std::int64_t every, const std::string& path) {
        const km::InertialModel model{km::Inertia{.mass = mass, .damping = 0.1},
                                      km::Model{km::SineLaplacian{.K = K}, omega}};
        while (step < end) {
            const std::int64_t steps = std::min(every, end - step);
            const km::BAOAB stepper{.dt = 0.1, .temperature = 0.5, .seed = 6};
            km::advance(km::Fused{}, stepper, model, theta, velocity, steps, step);
            step += steps;
            save(path);
        }
    }
    [[nodiscard]] bool is_same_as(const InertialRun& other) const {
        return step == other.step && same(theta, other.theta) && same(velocity, other.velocity);
    }
};

} // namespace

TEST_F(Checkpoints, TakeUpARunWithTheBitsOfOneThatWentThrough) {
    InertialRun expected = InertialRun::beginning();
    expected.go(last_step, last_step, path("expected"));
    for (const std::int64_t every : {1, 7, 30}) {
        InertialRun stopped = InertialRun::beginning();
        stopped.go(every, every, path());
        InertialRun resumed = InertialRun::saved(path());
        EXPECT_EQ(resumed.step, every);
        resumed.go(last_step, every, path());
        EXPECT_TRUE(resumed.is_same_as(expected)) << every;
    }
}

// Two hundred programs that save again and again are killed at any moment. How long one takes depends on the disk: the
// time until it is killed follows what the last one came to.
TEST_F(Checkpoints, AreWholeWheneverTheProgramIsKilled) {
    InertialRun expected = InertialRun::beginning();
    expected.go(last_step, last_step, path("expected"));
    double longest = 1e-3; // seconds
    int stopped_on_the_way = 0;
    for (int k = 0; k < 200; ++k) {
        fs::remove(path());
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            InertialRun::beginning().go(last_step, 5, path());
            _exit(0);
        }
        const double fraction = test::scrambled(static_cast<std::uint32_t>(k)) / 0x1p24;
        std::this_thread::sleep_for(std::chrono::duration<double>(longest * fraction));
        kill(child, SIGKILL);
        ASSERT_EQ(waitpid(child, nullptr, 0), child);
        InertialRun found = fs::exists(path()) ? InertialRun::saved(path()) : InertialRun::beginning();
        if (found.step > 0 && found.step < last_step) ++stopped_on_the_way;
        longest *= found.step == 0 ? 1.2 : found.step == last_step ? 0.8 : 1.0;
        found.go(last_step, last_step, path("rest"));
        ASSERT_TRUE(found.is_same_as(expected)) << k;
    }
    EXPECT_GT(stopped_on_the_way, 40); // or little was shown
}
