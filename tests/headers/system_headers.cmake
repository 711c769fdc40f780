# Headers of the C library, of Linux and of common development packages of Debian, for compile.cmake. The headers of one
# list are included together, in this order, except those that are not installed.

# C++ headers first: Boost does not compile after <complex.h>, because of its macros.
set(system_headers
    Python.h Eigen/Dense benchmark/benchmark.h boost/math/constants/constants.hpp boost/multi_array.hpp
    boost/numeric/odeint.hpp boost/numeric/ublas/matrix.hpp boost/preprocessor.hpp ginac/ginac.h gtest/gtest.h
    assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h signal.h
    stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h tgmath.h
    threads.h time.h uchar.h wchar.h wctype.h aio.h alloca.h ar.h argp.h argz.h arpa/ftp.h arpa/inet.h
    arpa/nameser.h arpa/telnet.h arpa/tftp.h byteswap.h cpio.h crypt.h dirent.h dlfcn.h elf.h endian.h envz.h err.h
    error.h execinfo.h fcntl.h fmtmsg.h fnmatch.h fstab.h fts.h ftw.h getopt.h glob.h gnu/libc-version.h grp.h
    gshadow.h iconv.h ifaddrs.h langinfo.h libgen.h libintl.h link.h malloc.h mcheck.h memory.h mntent.h monetary.h
    mqueue.h net/ethernet.h net/if.h net/if_arp.h net/ppp_defs.h net/route.h netdb.h netinet/ether.h netinet/icmp6.h
    netinet/if_ether.h netinet/in.h netinet/ip.h netinet/ip6.h netinet/ip_icmp.h netinet/tcp.h netinet/udp.h
    netpacket/packet.h nl_types.h obstack.h paths.h poll.h printf.h protocols/routed.h protocols/rwhod.h pthread.h
    pty.h pwd.h regex.h resolv.h sched.h scsi/scsi.h scsi/sg.h semaphore.h sgtty.h shadow.h spawn.h stab.h
    stdio_ext.h strings.h sys/acct.h sys/auxv.h sys/cdefs.h sys/epoll.h sys/eventfd.h sys/fanotify.h sys/file.h
    sys/fsuid.h sys/inotify.h sys/io.h sys/ioctl.h sys/ipc.h sys/kd.h sys/klog.h sys/mman.h sys/mount.h sys/msg.h
    sys/mtio.h sys/param.h sys/personality.h sys/poll.h sys/prctl.h sys/ptrace.h sys/quota.h sys/random.h
    sys/reboot.h sys/reg.h sys/resource.h sys/select.h sys/sem.h sys/sendfile.h sys/shm.h sys/signalfd.h
    sys/socket.h sys/soundcard.h sys/stat.h sys/statfs.h sys/statvfs.h sys/swap.h sys/syscall.h sys/sysinfo.h
    sys/syslog.h sys/sysmacros.h sys/time.h sys/timeb.h sys/timerfd.h sys/times.h sys/timex.h sys/ttychars.h
    sys/ttydefaults.h sys/types.h sys/ucontext.h sys/uio.h sys/un.h sys/user.h sys/utsname.h sys/vfs.h sys/vt.h
    sys/wait.h sys/xattr.h sysexits.h syslog.h tar.h termios.h ttyent.h ucontext.h ulimit.h unistd.h utime.h utmp.h
    utmpx.h values.h wait.h wordexp.h immintrin.h omp.h linux/audit.h linux/bpf.h linux/capability.h linux/cdrom.h
    linux/dm-ioctl.h linux/fb.h linux/fiemap.h linux/filter.h linux/fs.h linux/futex.h linux/hdreg.h linux/i2c.h
    linux/input.h linux/io_uring.h linux/kd.h linux/keyboard.h linux/loop.h linux/magic.h linux/netfilter/xt_sctp.h
    linux/netlink.h linux/perf_event.h linux/random.h linux/rtnetlink.h linux/seccomp.h linux/serial.h
    linux/spi/spidev.h linux/userfaultfd.h linux/videodev2.h linux/vt.h linux/watchdog.h sound/asound.h bzlib.h
    cairo.h cblas.h cuda.h cuda_runtime.h cufft.h expat.h ffi.h fftw3.h freetype/freetype.h gcrypt.h glib.h gmp.h
    gnutls/gnutls.h graphviz/gvc.h gsl/gsl_math.h gsl/gsl_odeiv2.h gsl/gsl_rng.h hdf5.h jpeglib.h lapacke.h
    libpq-fe.h libxml/tree.h lzma.h mpfr.h mpi.h netcdf.h numa.h openssl/ssl.h png.h readline/readline.h sqlite3.h
    tcl.h tiffio.h unicode/utypes.h uuid/uuid.h valgrind/memcheck.h xcb/xcb.h yaml.h zlib.h curses.h form.h menu.h
    panel.h term.h GL/gl.h GL/glu.h GL/glut.h GL/glx.h EGL/egl.h X11/Xlib.h X11/Xutil.h X11/Xatom.h X11/Xos.h
    X11/Xresource.h X11/keysym.h X11/cursorfont.h X11/Intrinsic.h X11/Shell.h X11/StringDefs.h
    X11/extensions/Xrender.h X11/Xft/Xft.h tk.h)

# Headers that do not compile together with those above.
set(system_headers_apart
    search.h pcre2posix.h rpcsvc/key_prot.h rpcsvc/mount.h)

# Where Debian puts headers that are included without their folder.
set(system_header_folders
    /usr/include/cairo /usr/include/eigen3 /usr/include/freetype2 /usr/include/glib-2.0 /usr/include/hdf5/serial
    /usr/include/libxml2 /usr/include/pixman-1 /usr/include/postgresql /usr/include/python3.11 /usr/include/tcl
    /usr/include/tirpc /usr/lib/x86_64-linux-gnu/glib-2.0/include /usr/lib/x86_64-linux-gnu/openmpi/include
    /usr/local/cuda/include)
