"""A clip to try Ani with, made on the spot: nothing to download, and every part of the player has something to show.

A ball bounces over a dusk sky and touches the ground on every second, together with a beep, so that anybody sees and hears
whether two screens are in step; a burnt-in timecode says by how much they are not.  Two languages of sound and of subtitles.

The pictures are drawn once with Pillow, whose wheel carries a font (the bundled ffmpeg has no text renderer, and a fresh
machine no fonts); ffmpeg only moves them, which takes seconds rather than minutes.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from streaming.ingest.ffmpeg.errors import explain
from streaming.ingest.ffmpeg.processes import Tools, run
from streaming.ingest.subtitles.cue import Cue

WIDTH: Final = 1280
HEIGHT: Final = 720
FRAME_RATE: Final = 24
SECONDS: Final = 60

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """What tells one demo clip from another."""

    title: str
    """Latin letters: the font in Pillow has no others."""
    sky: tuple[Colour, Colour, Colour]
    """Top, middle, horizon."""
    ball: Colour
    tone_hz: int


DUSK: Final = Look("Ani", ((20, 18, 52), (104, 46, 122), (244, 128, 96)), (255, 214, 130), 220)
NIGHT: Final = Look("Night train", ((6, 12, 34), (18, 48, 92), (70, 138, 170)), (214, 236, 255), 196)
MORNING: Final = Look("First light", ((36, 84, 128), (140, 176, 190), (255, 222, 170)), (255, 250, 226), 247)

_MARGIN: Final = 160
"""Pixels of sky beyond the frame on every side, for it to drift in."""
_BALL: Final = 96
_GROUND_Y: Final = 560
_JUMP: Final = 250
_DIGIT_SIZE: Final = 92
_BEEP_FACTOR: Final = 4
"""The beep is two octaves over the tone."""

_TEXT: Final = {
    "en": (
        "Welcome to Ani.",
        "This clip was made on your own machine a moment ago.",
        "The ball touches the ground on every second, with a beep.",
        "The timecode counts minutes, seconds and frames.",
        "Open “Watch together” and send the link to a friend.",
        "Whoever presses pause pauses for everybody.",
        "Seek, and the others follow.",
        "Late? You join at the very frame the others see.",
        "There is a chat beside the picture.",
        "Quality, sound and subtitles are in the menus below.",
        "Now add a film of your own:  ani ingest FILE --episode ID",
        "Enjoy!",
    ),
    "ru": (
        "Добро пожаловать в Ani.",
        "Этот ролик только что сделан на вашем компьютере.",
        "Мяч касается земли каждую секунду, вместе со звуком.",
        "Таймкод считает минуты, секунды и кадры.",
        "Нажмите «Смотреть вместе» и пошлите ссылку другу.",
        "Кто нажал паузу, тот остановил всем.",
        "Перемотайте – остальные последуют.",
        "Опоздали? Вы увидите тот же кадр, что и все.",
        "Рядом с картинкой есть чат.",
        "Качество, звук и субтитры – в меню внизу.",
        "Теперь добавьте свой фильм:  ani ingest FILE --episode ID",
        "Приятного просмотра!",
    ),
}


class DemoFailed(Exception):
    """ffmpeg could not make the demo clip."""


async def make(target: Path, *, look: Look = DUSK, seconds: int = SECONDS, tools: Tools | None = None) -> None:
    """Write the clip to ``target`` (``.mkv``); about five seconds of work on two cores.  Raises :class:`DemoFailed`."""
    folder = TemporaryDirectory(prefix="ani-demo-")
    try:
        work = Path(folder.name)
        await asyncio.to_thread(_draw, work, look, seconds)
        ffmpeg = (tools or Tools.bundled()).ffmpeg
        outcome = await run(_command(ffmpeg, look, seconds), cwd=work, timeout_s=300, on_line=lambda _line: None)
        if outcome.status != 0:
            raise DemoFailed(explain(outcome.stderr))
        await asyncio.to_thread(_move, work / "demo.mkv", target)
    finally:
        await asyncio.to_thread(folder.cleanup)


def cues(language: str, seconds: int) -> list[Cue]:
    """The subtitles in ``language``, spread over the clip."""
    lines = _TEXT[language]
    step_ms = seconds * 1000 // len(lines)
    return [Cue(index * step_ms, (index + 1) * step_ms - step_ms // 10, text) for index, text in enumerate(lines)]


def _draw(folder: Path, look: Look, seconds: int) -> None:
    sky = _sky(look)
    images = {
        "sky": sky,
        "ball": _ball(look),
        "digits": _digits(),
        "title": _title(look.title),
        "bar": _bar(),
        "lake": _lake(),
    }
    for name, image in images.items():
        (folder / f"{name}.raw").write_bytes(image.tobytes())
    for language in _TEXT:
        blocks = [
            f"{number}\n{_srt_time(cue.start_ms)} --> {_srt_time(cue.end_ms)}\n{cue.text}\n"
            for number, cue in enumerate(cues(language, seconds), start=1)
        ]
        (folder / f"{language}.srt").write_text("\n".join(blocks), "utf-8")


def _sky(look: Look) -> Image.Image:
    """A gradient with soft lights in it, larger than the frame."""
    width, height = WIDTH + 2 * _MARGIN, HEIGHT + 2 * _MARGIN
    column = Image.new("RGB", (1, height))
    for y in range(height):
        place = y / (height - 1) * 2
        upper, lower = (look.sky[0], look.sky[1]) if place < 1 else (look.sky[1], look.sky[2])
        share = place if place < 1 else place - 1
        column.putpixel((0, y), _mix(upper, lower, share))
    sky = column.resize((width, height))
    lights = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(lights)
    # Seeded: the same clip every time, and no secret depends on it.
    dice = random.Random(look.title)  # noqa: S311 - decoration
    for _ in range(26):
        x, y, radius = dice.randrange(width), dice.randrange(height), dice.randrange(14, 110)
        shade = dice.uniform(0.05, 0.2)
        colour = tuple(int(channel * shade) for channel in look.ball)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return ImageChops.add(sky, lights.filter(ImageFilter.GaussianBlur(7)))


def _ball(look: Look) -> Image.Image:
    """A shaded ball with smooth edges, drawn four times as large and scaled down."""
    large = _BALL * 4
    ball = Image.new("RGBA", (large, large))
    draw = ImageDraw.Draw(ball)
    dark = _mix(look.ball, (40, 20, 40), 0.45)
    steps = 48
    for step in range(steps):
        share = step / (steps - 1)
        radius = large / 2 * (1 - share * 0.92)
        centre = large / 2 - share * large * 0.14
        box = (centre - radius, centre - radius, centre + radius, centre + radius)
        draw.ellipse(box, fill=(*_mix(dark, look.ball, share), 255))
    return ball.resize((_BALL, _BALL), Image.Resampling.LANCZOS)


def _digits() -> Image.Image:
    """``0123456789:`` one above the other, each in a cell of the same size, to crop the wanted one from."""
    width, height = _digit_cell()
    strip = Image.new("RGBA", (width, height * 11))
    draw = ImageDraw.Draw(strip)
    font = ImageFont.load_default(_DIGIT_SIZE)
    for row, character in enumerate("0123456789:"):
        centre = (width / 2, row * height + height / 2)
        draw.text((centre[0] + 3, centre[1] + 3), character, font=font, anchor="mm", fill=(0, 0, 0, 110))
        draw.text(centre, character, font=font, anchor="mm", fill=(255, 255, 255, 240))
    return strip


def _title(text: str) -> Image.Image:
    image = Image.new("RGBA", _TITLE_SIZE)
    draw = ImageDraw.Draw(image)
    draw.text((0, 0), text, font=ImageFont.load_default(64), fill=(255, 255, 255, 235))
    draw.text((2, 84), "watched together, frame by frame", font=ImageFont.load_default(26), fill=(255, 255, 255, 190))
    return image


_TITLE_SIZE: Final = (640, 124)
_BAR_SIZE: Final = (WIDTH, 8)
_LAKE_SIZE: Final = (WIDTH, HEIGHT - _GROUND_Y)


def _lake() -> Image.Image:
    """Dark water with a bright shore, for the ball to touch."""
    image = Image.new("RGBA", _LAKE_SIZE)
    draw = ImageDraw.Draw(image)
    for y in range(_LAKE_SIZE[1]):
        draw.line((0, y, WIDTH, y), fill=(8, 6, 24, 200 if y > 3 else 0))
    draw.line((0, 1, WIDTH, 1), fill=(255, 255, 255, 150), width=3)
    return image


def _bar() -> Image.Image:
    return Image.new("RGBA", _BAR_SIZE, (255, 255, 255, 200))


def _digit_cell() -> tuple[int, int]:
    return int(_DIGIT_SIZE * 0.62) // 2 * 2, int(_DIGIT_SIZE * 1.1) // 2 * 2


def _command(ffmpeg: str, look: Look, seconds: int) -> list[str]:
    command = [ffmpeg, "-v", "warning", "-nostdin", "-y", "-nostats", "-progress", "pipe:1"]
    sizes: dict[str, tuple[str, tuple[int, int]]] = {
        "sky": ("rgb24", (WIDTH + 2 * _MARGIN, HEIGHT + 2 * _MARGIN)),
        "ball": ("rgba", (_BALL, _BALL)),
        "digits": ("rgba", (_digit_cell()[0], _digit_cell()[1] * 11)),
        "title": ("rgba", _TITLE_SIZE),
        "bar": ("rgba", _BAR_SIZE),
        "lake": ("rgba", _LAKE_SIZE),
    }
    for name, (pixels, (width, height)) in sizes.items():
        command += ["-f", "rawvideo", "-pixel_format", pixels, "-video_size", f"{width}x{height}"]
        command += ["-framerate", str(FRAME_RATE), "-i", f"{name}.raw"]
    for factor in (1.0, 0.75):
        tone = round(look.tone_hz * factor)
        # A chord under the beeps: root, fifth and octave.
        chord = f"sine=f={tone}:b={_BEEP_FACTOR}:r=48000:d={seconds}[root];"
        chord += f"sine=f={tone * 3 // 2}:r=48000:d={seconds},volume=0.3[fifth];"
        chord += f"sine=f={tone * 2}:r=48000:d={seconds},volume=0.15[octave];"
        chord += "[root][fifth][octave]amix=inputs=3:normalize=0,volume=0.8"
        command += ["-f", "lavfi", "-i", chord]
    languages = list(_TEXT)
    for language in languages:
        command += ["-i", f"{language}.srt"]
    first_sound, first_text = len(sizes), len(sizes) + 2
    command += ["-filter_complex", _graph(seconds), "-map", "[out]"]
    for index, (language, title) in enumerate(zip(("eng", "rus"), ("English", "Русский"), strict=True)):
        command += ["-map", f"{first_sound + index}", f"-metadata:s:a:{index}", f"language={language}"]
        command += [f"-metadata:s:a:{index}", f"title={title}"]
    for index, language in enumerate(("eng", "rus")):
        command += ["-map", f"{first_text + index}", f"-metadata:s:s:{index}", f"language={language}"]
    return [
        *command,
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-pix_fmt", "yuv420p", "-g", str(FRAME_RATE * 2)),
        *("-c:a", "aac", "-b:a", "96k", "-ac", "2", "-c:s", "srt", "-t", str(seconds), "demo.mkv"),
    ]


def _graph(seconds: int) -> str:
    """Each picture is one frame, repeated for ever; crops and overlays move with the time ``t``."""
    forever = "loop=loop=-1:size=1"
    width, height = _digit_cell()
    drift_x = f"{_MARGIN}+{_MARGIN - 8}*sin(2*PI*t/23)"
    drift_y = f"{_MARGIN}+{_MARGIN - 8}*cos(2*PI*t/31)"
    ball_x = f"{WIDTH - _BALL}/2+{WIDTH // 3}*sin(2*PI*t/12)"
    # |sin| touches zero on every whole second, and its corner there is what makes it look like a bounce.
    ball_y = f"{_GROUND_Y - _BALL}-{_JUMP}*abs(sin(PI*t))"
    chains = [
        f"[0]format=yuv420p,{forever},crop={WIDTH}:{HEIGHT}:'{drift_x}':'{drift_y}'[sky]",
        f"[1]format=yuva420p,{forever}[ball]",
        f"[3]format=yuva420p,{forever}[title]",
        f"[4]format=yuva420p,{forever}[bar]",
        f"[5]format=yuva420p,{forever}[lake]",
        f"[sky][lake]overlay=x=0:y={_GROUND_Y}[shore]",
        f"[shore][ball]overlay=x='{ball_x}':y='{ball_y}'[v0]",
        "[v0][title]overlay=x=64:y=56[v1]",
        f"[v1][bar]overlay=x='-w+W*t/{seconds}':y=H-h[v2]",
    ]
    # Minutes, seconds, frames.  Half a frame is added before rounding down: t is a rounded fraction.
    time = f"(t+0.5/{FRAME_RATE})"
    rows: Sequence[str] = (
        f"mod(floor({time}/600),6)",
        f"mod(floor({time}/60),10)",
        "10",
        f"mod(floor({time}/10),6)",
        f"mod(floor({time}),10)",
        "10",
        f"floor(floor(mod({time},1)*{FRAME_RATE})/10)",
        f"mod(floor(mod({time},1)*{FRAME_RATE}),10)",
    )
    chains.append(f"[2]format=yuva420p,{forever},split={len(rows)}" + "".join(f"[s{n}]" for n in range(len(rows))))
    for number, row in enumerate(rows):
        chains.append(f"[s{number}]crop={width}:{height}:0:'{height}*({row})'[d{number}]")
        x, y = WIDTH - 64 - width * (len(rows) - number), 52
        out = "[out]" if number == len(rows) - 1 else f"[v{number + 3}]"
        chains.append(f"[v{number + 2}][d{number}]overlay=x={x}:y={y}{out}")
    return ";".join(chains)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _srt_time(time_ms: int) -> str:
    seconds, milliseconds = divmod(time_ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d},{milliseconds:03d}"


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Across file systems a rename copies; a name of its own keeps half a clip from looking like a whole one.
    partial = target.with_name(target.name + ".part")
    partial.write_bytes(source.read_bytes())
    partial.replace(target)
