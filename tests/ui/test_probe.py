from screens.initial_actions import InitialActionsScreen
import time
async def test_probe(open_app, case_id):
    async with open_app(case_id, InitialActionsScreen) as hands:
        print(hands.drawn); print(hands.row_key)
        t=time.monotonic()
        for _ in range(10): await hands.press("down")
        print("10 downs", time.monotonic()-t)
        t=time.monotonic()
        await hands.press("home"); await hands.press("space")
        print(hands.status, hands.last, time.monotonic()-t)
        t=time.monotonic()
        await hands.press("x"); print(hands.screen); await hands.fill(because="no reason at all", note="hello there")
        print("dialog", time.monotonic()-t)
        await hands.press("enter")
        print(hands.status, hands.last, time.monotonic()-t)
        t=time.monotonic(); await hands.stand_on(InitialActionsScreen, anew=True); print("anew", time.monotonic()-t)
        print(hands.drawn)
        t=time.monotonic(); await hands.press("2"); print("switch", time.monotonic()-t)
