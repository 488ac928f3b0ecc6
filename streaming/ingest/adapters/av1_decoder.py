"""Decodes a picture that the bundled ffmpeg cannot (AV1) and hands raw frames on; a program of its own.

``python av1_decoder.py SOURCE TRACK TARGET CONTAINERS`` writes frames with their times to ``TARGET`` as NUT.  PyAV's wheel has
the decoder (dav1d).  ``TARGET`` is a FIFO that ffmpeg reads while this writes, so that nothing lands on the disk.
"""

import contextlib
import sys

import av


def main(source: str, track: str, target: str, containers: str) -> None:
    """Write the frames of stream ``track`` of ``source`` to ``target`` as NUT; ``containers`` are the demuxers that may be tried."""
    guard = {"protocol_whitelist": "file", "format_whitelist": containers}
    with av.open(f"file:{source}", options=guard) as film, av.open(target, "w", format="nut") as raw:
        picture = film.streams[int(track)]
        if not isinstance(picture, av.VideoStream):
            raise TypeError("that track is no picture")
        picture.thread_type = "AUTO"
        frames = raw.add_stream("rawvideo", rate=picture.average_rate or 25)
        frames.width, frames.height = picture.width, picture.height
        frames.pix_fmt = picture.pix_fmt or "yuv420p"
        if picture.time_base is not None:
            frames.time_base = frames.codec_context.time_base = picture.time_base
        for packet in film.demux(picture):
            # A scratch costs its frames, and not the film; who asked for this counts what came out.
            with contextlib.suppress(av.InvalidDataError):
                for frame in packet.decode():
                    if frame.pts is not None:
                        raw.mux(frames.encode(frame))
        raw.mux(frames.encode(None))


if __name__ == "__main__":
    main(*sys.argv[1:])
