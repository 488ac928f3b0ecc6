"""The DASH manifest, with text as players read it."""

from streaming.ingest.packaging.manifest import with_sound_apart, with_whole_texts

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT8S">
  <Period id="0">
    <AdaptationSet id="1" contentType="video">
      <Representation id="0" mimeType="video/mp4">
        <SegmentTemplate timescale="12288" initialization="v90/init.mp4" media="v90/$Number%05d$.m4s" startNumber="1" />
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="0" contentType="text" lang="ru">
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="subtitle" />
      <Representation id="1" bandwidth="111" mimeType="text/vtt">
        {text}
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
"""
SEGMENTS = """<SegmentTemplate timescale="1000" media="s-ru/$Number%05d$.vtt" startNumber="1">
          <SegmentTimeline><S t="0" d="3999" /></SegmentTimeline>
        </SegmentTemplate>"""


def test_text_is_one_file_and_all_else_as_it_was() -> None:
    rewritten = with_whole_texts(MANIFEST.format(text=SEGMENTS), "subtitles.vtt")
    assert rewritten == MANIFEST.format(text="<BaseURL>s-ru/subtitles.vtt</BaseURL>")
    assert with_whole_texts(rewritten, "subtitles.vtt") == rewritten


def test_stereo_and_surround_are_no_qualities_of_one_thing() -> None:
    def sound(number: int, channels: int) -> str:
        return (
            f'<Representation id="{number}" codecs="mp4a.40.2"><AudioChannelConfiguration '
            f'schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="{channels}" /></Representation>'
        )

    role = '<Role schemeIdUri="urn:mpeg:dash:role:2011" value="alternate" />'

    def manifest(*sets: str) -> str:
        inner = "".join(sets)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period id="0">{inner}</Period></MPD>\n'
        )

    def in_set(number: int, *content: str) -> str:
        return f'<AdaptationSet id="{number}" contentType="audio" lang="ja">{role}{"".join(content)}</AdaptationSet>'

    apart = with_sound_apart(manifest(in_set(0, sound(1, 2), sound(2, 6), sound(3, 2)), in_set(4)))
    assert apart == manifest(in_set(0, sound(1, 2), sound(3, 2)), in_set(5, sound(2, 6)), in_set(4))
    assert with_sound_apart(apart) == apart
