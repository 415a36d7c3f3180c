"""An AWS emulator that answers a repeated call as it answered the first time: moto_server with PYTHONPATH set to this folder.

On a busy machine a client now and then loses moto's answer and asks again, and moto then says that what it has just made exists already.
AWS's SDKs give each call an amz-sdk-invocation-id that its repetitions keep. A repetition gets the first one's answer, once that is there.
"""
import collections
import os
import sys
import threading

CALLS = 1000  # answers that are kept; a repetition comes within seconds


def answering_repetitions(application):
    """A WSGI application that hands a call to `application` once, however often it is asked."""
    lock = threading.Lock()
    answers = collections.OrderedDict()

    def answer(environ, start_response):
        call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        if not call:
            return application(environ, start_response)
        with lock:
            first = call not in answers
            given = answers.setdefault(call, {"there": threading.Event()})
            if len(answers) > CALLS:
                answers.popitem(last=False)
        if first:
            try:
                given["body"] = b"".join(application(environ, lambda status, headers, *_: given.update(start=(status, headers))))
            except BaseException:
                with lock:
                    answers.pop(call, None)
                raise
            finally:
                given["there"].set()
        given["there"].wait(60)
        if "body" not in given:
            return application(environ, start_response)
        start_response(*given["start"])
        return [given["body"]]

    return answer


if any(os.path.basename(word) == "moto_server" for word in sys.orig_argv):
    import moto.moto_server.werkzeug_app as moto_app

    handle = moto_app.DomainDispatcherApplication.__call__
    wrapped = {}
    moto_app.DomainDispatcherApplication.__call__ = lambda self, environ, start_response: wrapped.setdefault(
        self, answering_repetitions(lambda e, s: handle(self, e, s)))(environ, start_response)
