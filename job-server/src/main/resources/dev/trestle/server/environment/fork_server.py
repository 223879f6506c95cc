"""Forks workers of Beam's SDK off a process that has imported it already.

Requests come on standard input, a JSON object a line:
  {"directory": "...", "variables": {"NAME": "value"}}     a worker, and its environment
Answers go to standard output, a JSON object a line, the answers to requests in their order:
  {"imported": ["directory", ...]}                         first: where modules have come from
  {"forked": pid}
  {"pid": pid, "printed": "a line of its output"}
  {"pid": pid, "status": n}                                the negative number of a signal
It ends when its input has ended and no worker is left, or when none has been there for a while.
"""
import atexit
import gc
import json
import os
import runpy
import selectors
import signal
import sys
import threading
import traceback

WORKER = 'apache_beam.runners.worker.sdk_worker_main'
NAMES = 'apache_beam.runners.worker.worker_id_interceptor'
IDLE_SECONDS = 600


class ForkServer:

  def __init__(self):
    self._answers = os.dup(1)
    os.dup2(2, 1)  # what modules print when they are imported is no answer
    self._selector = selectors.DefaultSelector()
    self._workers = set()
    self._outputs = {}  # by pid; for longer than a worker where children of its go on to print
    self._begun = {}  # of lines, by where they come from
    self._child_ended, write_end = os.pipe()
    os.set_blocking(self._child_ended, False)
    os.set_blocking(write_end, False)
    self._signals = write_end
    signal.signal(signal.SIGCHLD, lambda *unused: None)
    signal.set_wakeup_fd(write_end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server is told, and ends it
    self._selector.register(0, selectors.EVENT_READ)
    self._selector.register(self._child_ended, selectors.EVENT_READ)

  def serve(self):
    """Returns None in the end, and in each worker its request."""
    listening = True
    while listening or self._workers:
      ready = self._selector.select(None if self._workers else IDLE_SECONDS)
      if not ready and not self._workers:
        return None
      for key, unused_events in ready:
        if key.fd == 0:
          lines, ended = self._read(0)
          listening = not ended
          for line in lines:
            if self._fork():
              return json.loads(line)
        elif key.fd == self._child_ended:
          os.read(key.fd, 1 << 16)
          self._reap()
        elif self._outputs.get(key.data) == key.fd:  # else it has been reaped just now
          self._copy(key.data)
    return None

  def _read(self, fd):
    """The lines that have become complete, and whether there will be no more."""
    read = os.read(fd, 1 << 16)
    *lines, rest = (self._begun.pop(fd, b'') + read).split(b'\n')
    if read:
      self._begun[fd] = rest
      return lines, False
    self._selector.unregister(fd)
    os.close(fd)
    return lines + [rest] * bool(rest), True

  def _fork(self):
    output, into = os.pipe()
    pid = os.fork()
    if not pid:
      self._become_worker(into)
      return True
    os.close(into)
    os.set_blocking(output, False)
    self._selector.register(output, selectors.EVENT_READ, pid)
    self._workers.add(pid)
    self._outputs[pid] = output
    self._answer(forked=pid)
    return False

  def _become_worker(self, output):
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    self._selector.close()
    for fd in (output, self._answers, self._child_ended, self._signals, *self._outputs.values()):
      os.close(fd)

  def _reap(self):
    while self._workers:
      pid, status = os.waitpid(-1, os.WNOHANG)
      if not pid:
        return
      while self._copy(pid):
        pass
      self._workers.remove(pid)
      self._answer(pid=pid, status=os.waitstatus_to_exitcode(status))

  def _copy(self, pid):
    """Hands on some of the output, and returns whether there was any."""
    if pid not in self._outputs:
      return False
    try:
      lines, ended = self._read(self._outputs[pid])
    except BlockingIOError:
      return False
    for line in lines:
      self._answer(pid=pid, printed=line.decode(errors='replace'))
    if ended:
      del self._outputs[pid]
    return not ended

  def tell_imported(self):
    directories = set()
    for name, module in list(sys.modules.items()):
      if '.' not in name:
        files = [*getattr(module, '__path__', ())] or [getattr(module, '__file__', None)]
        directories.update(os.path.dirname(file) for file in files if file)
    # Where finders make packages up there are none.
    directories = filter(os.path.isdir, map(os.path.abspath, filter(None, directories)))
    self._answer(imported=sorted(directories))

  def _answer(self, **answer):
    rest = json.dumps(answer).encode() + b'\n'
    while rest:
      rest = rest[os.write(self._answers, rest):]


def become(request):
  os.environ.clear()
  os.environ.update(request['variables'])
  os.chdir(request['directory'])
  sys.argv = [WORKER]
  # The SDK looks it up when it is imported; without it the worker's log is refused.
  sys.modules[NAMES].WorkerIdInterceptor._worker_id = os.environ['WORKER_ID']
  if 'numpy' in sys.modules:
    sys.modules['numpy'].random.seed()  # the standard library sees to its own
  status = 1
  try:
    # As python -m does it: in this module, which picklers may know as the main one already.
    runpy._run_module_as_main(WORKER)
    status = 0
  except SystemExit as e:
    if isinstance(e.code, int) or e.code is None:
      status = e.code or 0
    else:
      print(e.code, file=sys.stderr)
  except BaseException:
    traceback.print_exc()
  # What an interpreter does at its end, but for taking apart all that the SDK has imported: that
  # would copy every page of it.
  threading._shutdown()
  atexit._run_exitfuncs()
  sys.stdout.flush()
  sys.stderr.flush()
  os._exit(status)


server = ForkServer()
__import__('apache_beam')
__import__(WORKER)
__import__(NAMES)
del sys.modules[WORKER]  # it becomes the main module
server.tell_imported()
gc.collect()
gc.freeze()  # so that the pages stay shared
gc.set_threshold(20_000)  # elements come by the hundred thousand, and hardly ever in cycles
wanted = server.serve()
if wanted:
  become(wanted)
