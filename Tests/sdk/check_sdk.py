"""Uses the public Python SDK, unchanged, against a sandbox.

Needs: pip install py-usepylon-sdk
Usage: check_sdk.py BASE_URL TOKEN
Exits with 0 when contacts can be listed, created, read and updated, else with 1.
"""

import sys

from pylon import PylonClient
from pylon.exceptions import (
    PylonAuthenticationError,
    PylonNotFoundError,
    PylonValidationError,
)

MISSING_ID = "00000000-0000-4000-8000-000000000000"


def expect(what: str, holds: bool) -> None:
    """Ends the check when something is not as it should be."""
    if not holds:
        raise AssertionError(what)
    print(f"ok: {what}")


def refuses(error: type[Exception], call) -> bool:
    """Whether a call ends in the given error."""
    try:
        call()
    except error:
        return True
    return False


def check(base_url: str, token: str) -> None:
    """Lists, creates, reads and updates contacts."""
    with PylonClient(api_key=token, base_url=base_url, max_retries=0) as client:
        expect("me names the organisation", client.me.get().name != "")

        listed = list(client.contacts.list(limit=100))
        expect("list reads every page once", len({c.id for c in listed}) == len(listed) > 100)
        expect("listed contacts have accounts", any(c.account for c in listed))
        expect("listed contacts have custom fields", any(c.custom_fields for c in listed))

        created = client.contacts.create(
            name="Ada Lovelace", email="ada@sdk.example", portal_role="member"
        )
        expect("create sets the role", created.portal_role == "member")
        expect("create sets the address", created.emails == ["ada@sdk.example"])
        expect("get finds what was created", client.contacts.get(created.id) == created)

        updated = client.contacts.update(
            created.id,
            portal_role="admin",
            custom_fields=[
                {"slug": "tier", "value": "gold"},
                {"slug": "products", "values": ["api", "chat"]},
            ],
        )
        expect("update sets the role", updated.portal_role == "admin")
        expect("update sets a field", updated.custom_fields["tier"].value == "gold")
        expect("update sets a list", updated.custom_fields["products"].values == ["api", "chat"])
        expect("update keeps the rest", updated.emails == created.emails)
        expect("get finds what was updated", client.contacts.get(created.id) == updated)
        newest = next(client.contacts.list(limit=1))
        expect("the newest contact is listed first", newest == updated)
        found = {contact.id for contact in client.contacts.search("ada", limit=500)}
        expect("search reads its pages", created.id in found)

        expect(
            "a missing contact is not found",
            refuses(PylonNotFoundError, lambda: client.contacts.get(MISSING_ID)),
        )
        expect(
            "an unknown role is refused",
            refuses(
                PylonValidationError,
                lambda: client.contacts.update(created.id, portal_role="owner"),
            ),
        )
    with PylonClient(api_key="wrong", base_url=base_url, max_retries=0) as client:
        expect(
            "a wrong token is refused", refuses(PylonAuthenticationError, client.me.get)
        )


def main() -> int:
    """Runs the check and says what went wrong."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 64
    try:
        check(sys.argv[1], sys.argv[2])
    except Exception as error:
        print(f"failed: {error!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
