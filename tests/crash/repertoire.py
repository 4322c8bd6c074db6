"""All stories that the crash tests tell."""

from collections.abc import Sequence

from tests.crash.day_and_year import DESK, YEAR
from tests.crash.elsewhere import GOOGLE, MOVE, POSTGRES, UPGRADE
from tests.crash.houses import Story
from tests.crash.lost import RECOVER
from tests.crash.story import STORY

STORIES: Sequence[Story] = (STORY, DESK, YEAR, GOOGLE, POSTGRES, UPGRADE, MOVE, RECOVER)
