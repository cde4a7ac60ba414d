"""A mail server of the tests: it takes everything and keeps it."""
import email
import email.policy
import socket
import threading


class Post:
    """A mail server that keeps what it is told. refuse: answers by command, such as {b'MAIL': b'550 no'}."""

    def __init__(self):
        self.refuse = {}
        self.mails, self.listen = [], socket.create_server(('127.0.0.1', 0))
        self.port = self.listen.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            there, _ = self.listen.accept()
            with there, there.makefile('rwb') as f:
                self._talk(f)

    def _talk(self, f):
        def say(text):
            f.write(text + b'\r\n')
            f.flush()
        to, text, data = [], [], False
        say(b'220 post')
        for line in f:
            if data and line != b'.\r\n':
                text.append(line)
                continue
            if data:
                self.mails.append((to, email.message_from_bytes(
                    b''.join(text), policy=email.policy.default)))
            data = line.startswith(b'DATA')
            if line.startswith(b'RCPT'):
                to.append(line.decode().split('<')[1].split('>')[0])
            no = self.refuse.get(line[:4])
            data = data and not no
            say(no or (b'354 go on' if data else b'250 fine'))
