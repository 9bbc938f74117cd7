"""Who is there: users, workspaces and who belongs to which."""

from uuid import UUID

from .sdk import There, TooMuch, faults, sdk
from .session import Session


class People(Session):
    """Users as the server knows them."""

    def me(self) -> There:
        """Whose key this is; `detail` is the role."""
        with faults():
            user = self._client.api.users.get_me()
        return There(user.id, user.username, user.role.value)

    def workspace(self, name: str) -> UUID:
        """The workspace of that name, made if it is not there."""
        with faults():
            found = next((one for one in self._client.api.workspaces.list() if one.name == name), None)
            made = found or sdk().Workspace(name=name, client=self._client).create()
        return UUID(str(made.id))

    def users(self) -> dict[str, There]:
        """Every user by name; only an owner may see them."""
        with faults():
            return {one.username: There(one.id, one.username) for one in self._client.api.users.list()}

    def members(self, workspace: UUID) -> dict[str, There]:
        """The users of a workspace by name."""
        with faults():
            found = self._client.api.users.list_by_workspace_id(workspace)
        return {one.username: There(one.id, one.username) for one in found}

    def make_user(self, username: str, password: str) -> There:
        """A new annotator."""
        with faults():
            made = (
                sdk()
                .User(
                    username=username,
                    first_name=username,
                    password=password,
                    role="annotator",
                    client=self._client,
                )
                .create()
            )
        return There(UUID(str(made.id)), username)

    def join(self, user_id: UUID, workspace: UUID) -> None:
        """Let a user into the workspace; being in already is fine."""
        try:
            with faults():
                self._client.api.users.add_to_workspace(workspace, user_id)
        except TooMuch:
            if user_id not in {one.id for one in self.members(workspace).values()}:
                raise
